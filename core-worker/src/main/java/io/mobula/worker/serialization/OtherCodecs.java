package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.LongSummaryStatistics;
import java.util.UUID;

/** Classes of the JDK that it does not make Serializable, and a few that are sent often. */
final class OtherCodecs {
  private OtherCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) {
    switch (tag) {
      case Tag.PLAIN_OBJECT -> {}
      case Tag.CLASS -> out.className((Class<?>) value);
      case Tag.UUID -> {
        out.wire.i64(((UUID) value).getMostSignificantBits());
        out.wire.i64(((UUID) value).getLeastSignificantBits());
      }
      case Tag.PATH -> path(out, (Path) value);
      case Tag.CHARSET -> out.wire.string(((Charset) value).name());
      case Tag.BYTE_BUFFER -> buffer(out, (ByteBuffer) value);
      case Tag.MEMORY_SEGMENT -> segment(out, (MemorySegment) value);
      case Tag.INT_STATISTICS -> {
        IntSummaryStatistics v = (IntSummaryStatistics) value;
        longs(out, v.getCount(), v.getMin(), v.getMax(), v.getSum());
      }
      case Tag.LONG_STATISTICS -> {
        LongSummaryStatistics v = (LongSummaryStatistics) value;
        longs(out, v.getCount(), v.getMin(), v.getMax(), v.getSum());
      }
      case Tag.DOUBLE_STATISTICS -> {
        DoubleSummaryStatistics v = (DoubleSummaryStatistics) value;
        longs(out, v.getCount(), bits(v.getMin()), bits(v.getMax()), bits(v.getSum()));
      }
      default -> throw new IllegalArgumentException("tag=" + tag);
    }
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    return switch (tag) {
      case Tag.PLAIN_OBJECT -> in.track(new Object());
      case Tag.CLASS -> in.className();
      case Tag.UUID -> in.track(new UUID(in.wire.i64(), in.wire.i64()));
      case Tag.PATH -> path(in);
      case Tag.CHARSET -> in.track(Charset.forName(in.string()));
      case Tag.BYTE_BUFFER -> buffer(in);
      case Tag.MEMORY_SEGMENT -> in.track(MemorySegment.ofArray(in.wire.bytes(in.wire.varint())));
      case Tag.INT_STATISTICS ->
          in.track(
              new IntSummaryStatistics(
                  in.wire.i64(), (int) in.wire.i64(), (int) in.wire.i64(), in.wire.i64()));
      case Tag.LONG_STATISTICS ->
          in.track(
              new LongSummaryStatistics(
                  in.wire.i64(), in.wire.i64(), in.wire.i64(), in.wire.i64()));
      case Tag.DOUBLE_STATISTICS ->
          in.track(new DoubleSummaryStatistics(in.wire.i64(), number(in), number(in), number(in)));
      default -> throw new CorruptStreamException("tag=" + tag);
    };
  }

  @SuppressWarnings("ReferenceEquality") // There is one default file system.
  private static void path(GraphEncoder out, Path path) {
    boolean isDefault = path.getFileSystem() == FileSystems.getDefault();
    out.wire.u8(isDefault ? 1 : 0);
    out.wire.string(isDefault ? path.toString() : path.toUri().toString());
  }

  private static Object path(GraphDecoder in) throws CorruptStreamException {
    boolean isDefault = in.wire.u8() != 0;
    String text = in.string();
    return in.track(isDefault ? Path.of(text) : Path.of(URI.create(text)));
  }

  private static void buffer(GraphEncoder out, ByteBuffer buffer) {
    out.wire.u8(
        (buffer.order() == ByteOrder.LITTLE_ENDIAN ? 1 : 0) | (buffer.isReadOnly() ? 2 : 0));
    out.wire.varint(buffer.remaining());
    out.wire.bulk(MemorySegment.ofBuffer(buffer));
  }

  private static Object buffer(GraphDecoder in) throws CorruptStreamException {
    int flags = in.wire.u8();
    ByteBuffer buffer = ByteBuffer.wrap(in.wire.bytes(in.wire.varint()));
    ByteBuffer result = (flags & 2) != 0 ? buffer.asReadOnlyBuffer() : buffer;
    return in.track(
        result.order((flags & 1) != 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
  }

  private static void segment(GraphEncoder out, MemorySegment segment) {
    if (segment.byteSize() > Integer.MAX_VALUE - 16) {
      throw out.refusal(
          segment.getClass(),
          "a segment over 2 GiB can be sent as the value itself only",
          "put it by itself and send the reference");
    }
    out.wire.varint((int) segment.byteSize());
    out.wire.bulk(segment);
  }

  private static void longs(GraphEncoder out, long a, long b, long c, long d) {
    out.wire.i64(a);
    out.wire.i64(b);
    out.wire.i64(c);
    out.wire.i64(d);
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static double number(GraphDecoder in) throws CorruptStreamException {
    return Double.longBitsToDouble(in.wire.i64());
  }
}
