package io.mobula.bench;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How fast objects go to disk and come back, on a cluster of its own whose store is much smaller
 * than they are: putting them all takes as long as spilling nearly all of them, and reading them
 * all in the same order as restoring them. Beside it, a plain file of the same bytes is written and
 * read, which the system caches as it does the spill files: into memory as large as the store that
 * was touched before, and from there into new arrays, since that is what the objects become.
 */
final class SpillBenchmark {
  static final String SPILL = "spill_gigabytes";
  static final String RESTORE = "restore_gigabytes";

  private static final long STORE_BYTES = 256L << 20;
  private static final int OBJECT_BYTES = 16 << 20;
  private static final int OBJECTS = 96;
  private static final double GIGABYTES = (double) OBJECTS * OBJECT_BYTES / 1e9;

  private SpillBenchmark() {}

  static boolean isWanted(Stopwatch watch) {
    return watch.isWanted(SPILL) || watch.isWanted(RESTORE);
  }

  /** Needs a process without a session. */
  static void run(Stopwatch watch, int rounds) throws Exception {
    byte[] value = new byte[OBJECT_BYTES];
    double[] spill = new double[rounds];
    double[] restore = new double[rounds];
    Plain plain = new Plain();
    Session session = Mobula.init(options -> options.objectStoreBytes(STORE_BYTES));
    try {
      for (int round = 0; round < rounds; round++) {
        plain.measure(value);
        List<ObjectRef<byte[]>> refs = new ArrayList<>();
        spill[round] =
            GIGABYTES
                / Stopwatch.secondsOf(() -> {
                  for (int i = 0; i < OBJECTS; i++) {
                    refs.add(Mobula.put(value));
                  }
                });
        restore[round] =
            GIGABYTES / Stopwatch.secondsOf(() -> refs.forEach(ref -> requireWhole(ref.get())));
      }
    } finally {
      session.close();
    }
    watch.add(SPILL, "GB/s", spill, note("a plain file write", plain.writeSum / rounds, spill));
    watch.add(
        RESTORE,
        "GB/s",
        restore,
        note("a plain file read into new arrays", plain.arraysSum / rounds, restore)
            + String.format(Locale.ROOT, "; the read alone: %.2f GB/s", plain.readSum / rounds));
  }

  private static void requireWhole(byte[] read) {
    if (read.length != OBJECT_BYTES) {
      throw new IllegalStateException("object has another size: sizeBytes=" + read.length);
    }
  }

  private static String note(String what, double plain, double[] rounds) {
    return String.format(
        Locale.ROOT, "(ratio %.2f to %s: %.2f GB/s)", mean(rounds) / plain, what, plain);
  }

  private static double mean(double[] rounds) {
    double sum = 0;
    for (double round : rounds) {
      sum += round;
    }
    return sum / rounds.length;
  }

  /** A file of the same bytes, in GB/s, added up over the rounds. */
  private static final class Plain {
    double writeSum;
    double readSum;
    double arraysSum;

    /** As large as the store, and touched by the first round that fills it. */
    private final List<ByteBuffer> memory =
        Stream.generate(() -> ByteBuffer.allocateDirect(OBJECT_BYTES))
            .limit(STORE_BYTES / OBJECT_BYTES)
            .toList();

    void measure(byte[] value) throws Exception {
      Path file = Files.createTempFile("mobula-plain-", null);
      try {
        memory.forEach(piece -> piece.clear().put(value));
        writeSum += GIGABYTES / Stopwatch.secondsOf(() -> write(file, memory.getFirst()));
        readSum += GIGABYTES / Stopwatch.secondsOf(() -> read(file, false));
        arraysSum += GIGABYTES / Stopwatch.secondsOf(() -> read(file, true));
      } finally {
        Files.delete(file);
      }
    }

    private static void write(Path file, ByteBuffer buffer) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (int i = 0; i < OBJECTS; i++) {
          buffer.clear();
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      }
    }

    private void read(Path file, boolean isIntoArrays) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        for (int i = 0; i < OBJECTS; i++) {
          ByteBuffer piece = memory.get(i % memory.size()).clear();
          while (piece.hasRemaining() && channel.read(piece) >= 0) {
            // The rest of the piece.
          }
          if (isIntoArrays) {
            byte[] array = new byte[OBJECT_BYTES];
            piece.flip().get(array);
            requireWhole(array);
          }
        }
      }
    }
  }
}
