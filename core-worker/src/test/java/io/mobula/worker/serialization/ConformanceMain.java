package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the table in a JVM of its own: prints each failure, then how many rows passed. */
final class ConformanceMain {
  private ConformanceMain() {}

  static List<Sample> samples() {
    List<Sample> all = new ArrayList<>(ScalarSamples.all());
    all.addAll(CollectionSamples.all());
    all.addAll(ObjectSamples.all());
    return all;
  }

  /**
   * Arguments: {@code both}; or {@code write FILE} to encode all rows; or {@code read FILE} to
   * decode what another process wrote.
   */
  public static void main(String[] arguments) throws IOException {
    ValueCodec codec = new ValueCodec(ConformanceMain.class.getClassLoader());
    switch (arguments[0]) {
      case "both" -> both(codec);
      case "write" -> write(codec, Path.of(arguments[1]));
      case "read" -> read(codec, Path.of(arguments[1]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void both(ValueCodec codec) {
    int passed = 0;
    for (Sample sample : samples()) {
      Encoding encoded = codec.encode(sample.value(), NoSink.INSTANCE);
      passed += check(codec, sample, encoded.kind().number(), encoded.toByteArray());
    }
    System.out.println("passed " + passed);
  }

  private static void write(ValueCodec codec, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (Sample sample : samples()) {
        Encoding encoded = codec.encode(sample.value(), NoSink.INSTANCE);
        byte[] bytes = encoded.toByteArray();
        out.writeInt(encoded.kind().number());
        out.writeInt(bytes.length);
        out.write(bytes);
      }
    }
    System.out.println("passed " + samples().size());
  }

  private static void read(ValueCodec codec, Path file) throws IOException {
    int passed = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (Sample sample : samples()) {
        int kind = in.readInt();
        passed += check(codec, sample, kind, in.readNBytes(in.readInt()));
      }
    }
    System.out.println("passed " + passed);
  }

  private static int check(ValueCodec codec, Sample sample, int kind, byte[] bytes) {
    Object copy = codec.decode(kind, bytes, new NoReferences());
    if (sample.passes(copy)) {
      return 1;
    }
    System.out.println("DIFFERENT " + sample + ": " + copy);
    return 0;
  }

  /** For values without references. */
  static final class NoSink implements ReferenceSink {
    static final NoSink INSTANCE = new NoSink();

    @Override
    public byte[] objectRef(ObjectRef<?> ref) {
      throw new IllegalArgumentException("a reference where none can be");
    }

    @Override
    public byte[] actorHandle(ActorHandle<?> handle) {
      throw new IllegalArgumentException("a reference where none can be");
    }
  }
}
