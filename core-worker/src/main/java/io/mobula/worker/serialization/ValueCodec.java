package io.mobula.worker.serialization;

import io.mobula.api.SerializationException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Any value of a Java program to bytes that are opaque to everyone else, and back.
 *
 * <p>Thread-safe, for platform and virtual threads; no call blocks. State between calls is a pool
 * of encoders, one of decoders ({@link ContextPool}) and the classes resolved so far ({@link
 * DescriptorTable}); codecs of classes live with the classes.
 *
 * <p><b>How it works.</b> Values that are nothing but bytes have raw kinds. Everything else is a
 * graph stream ({@link Tag}): each class is described once a stream, each object is written once,
 * later mentions refer back. A class is written, by the first that applies, through: a codec of
 * ours; {@code writeReplace}; its record components; {@code Externalizable}; else class by class of
 * its inheritance chain, each by its own {@code writeObject}, or field by field. User classes need
 * not be {@code Serializable}; transient fields are skipped. Fields of user classes are accessed by
 * method handles, those of the JDK through the JDK's own door for serialization libraries ({@link
 * SerialHooks}): the same in every process, whatever flags it was started with.
 *
 * <p>It does not filter classes: who can send a value here can run code here.
 */
public final class ValueCodec {
  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("unsupported machine: byte order=" + ByteOrder.nativeOrder());
    }
  }

  private final ContextPool<GraphEncoder> encoders = new ContextPool<>(GraphEncoder::new);
  private final ContextPool<GraphDecoder> decoders;

  /**
   * Makes a codec.
   *
   * @param loader finds the classes of decoded values: the user's class loader
   */
  public ValueCodec(ClassLoader loader) {
    TypeResolver types = new TypeResolver(loader);
    this.decoders = new ContextPool<>(() -> new GraphDecoder(types));
  }

  /**
   * Encodes a value.
   *
   * @param value any value, null included
   * @param references is told of the object references and actor handles inside
   * @return the encoded value; see {@link Encoding} on how long it may be kept
   * @throws SerializationException if a part of the value can't be sent; it names the part
   */
  public Encoding encode(@Nullable Object value, ReferenceSink references) {
    RawValue raw = RawValue.of(value);
    return raw != null ? raw : encodeGraph(value, references);
  }

  /** Encodes any value as a graph stream, whatever it is. */
  GraphValue encodeGraph(@Nullable Object value, ReferenceSink references) {
    GraphEncoder encoder = encoders.take();
    try {
      return encoder.encode(value, references);
    } finally {
      encoder.release();
      encoders.give(encoder);
    }
  }

  /**
   * Decodes a value from memory. Buffers of the kinds that are views stay valid as long as {@code
   * bytes} is; everything else is a copy.
   *
   * @param kindNumber the number of the {@link ValueKind} it was encoded as
   * @param bytes exactly the bytes of the value
   * @param references gives the object references and actor handles inside
   * @throws SerializationException if the bytes are not such a value, or a class is missing
   */
  public @Nullable Object decode(int kindNumber, ByteSource bytes, ReferenceSource references) {
    ValueKind kind = kind(kindNumber);
    return switch (kind) {
      case GRAPH -> decodeGraph(bytes, references);
      case THROWABLE -> new ThrowableCodec(this).decode(inHeap(bytes), references);
      default -> raw(kind, bytes);
    };
  }

  /** Decodes a value from memory; see {@link #decode(int, ByteSource, ReferenceSource)}. */
  public @Nullable Object decode(int kindNumber, MemorySegment bytes, ReferenceSource references) {
    return decode(kindNumber, ByteSource.of(bytes), references);
  }

  /** Decodes a value from an array; see {@link #decode(int, ByteSource, ReferenceSource)}. */
  public @Nullable Object decode(int kindNumber, byte[] bytes, ReferenceSource references) {
    return decode(kindNumber, bytes, 0, bytes.length, references);
  }

  /** Decodes a value from a part of an array. */
  public @Nullable Object decode(
      int kindNumber, byte[] bytes, int offset, int length, ReferenceSource references) {
    if (kindNumber != ValueKind.GRAPH.number()) {
      return decode(kindNumber, MemorySegment.ofArray(bytes).asSlice(offset, length), references);
    }
    java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
    GraphDecoder decoder = decoders.take();
    try {
      decoder.wire.open(bytes, offset, length);
      return decoder.decode(references);
    } finally {
      decoder.release();
      decoders.give(decoder);
    }
  }

  /** Decodes a value from what remains in a buffer, whose position stays. */
  public @Nullable Object decode(int kindNumber, ByteBuffer bytes, ReferenceSource references) {
    if (bytes.hasArray()) {
      int offset = bytes.arrayOffset() + bytes.position();
      return decode(kindNumber, bytes.array(), offset, bytes.remaining(), references);
    }
    return decode(kindNumber, MemorySegment.ofBuffer(bytes), references);
  }

  @Nullable Object decodeGraph(MemorySegment bytes, ReferenceSource references) {
    return decodeGraph(ByteSource.of(bytes), references);
  }

  private @Nullable Object decodeGraph(ByteSource bytes, ReferenceSource references) {
    GraphDecoder decoder = decoders.take();
    try {
      decoder.wire.open(bytes);
      return decoder.decode(references);
    } finally {
      decoder.release();
      decoders.give(decoder);
    }
  }

  private static ValueKind kind(int number) {
    ValueKind kind = ValueKind.ofNumber(number);
    if (kind == null) {
      throw CodecFailures.unreadable("no value has kind=" + number, null);
    }
    return kind;
  }

  private static MemorySegment inHeap(ByteSource source) {
    byte[] bytes = new byte[Math.toIntExact(source.sizeBytes())];
    source.copyTo(0, MemorySegment.ofArray(bytes));
    return MemorySegment.ofArray(bytes);
  }

  private static @Nullable Object raw(ValueKind kind, ByteSource bytes) {
    try {
      return RawReader.read(kind, bytes);
    } catch (CorruptStreamException e) {
      throw CodecFailures.unreadable("kind=" + kind + ", " + e.getMessage(), e);
    }
  }
}
