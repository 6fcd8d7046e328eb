package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;
import static io.mobula.worker.serialization.TypeCodec.Tracking.NONE;
import static io.mobula.worker.serialization.TypeCodec.Tracking.REBUILT;

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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** Classes of the JDK that it does not make Serializable, and a few that are sent often. */
final class OtherCodecs {
  static final TypeCodec BYTE_BUFFER = Builtins.<ByteBuffer>codec(ALLOCATED, OtherCodecs::buffer);
  static final TypeCodec MEMORY_SEGMENT =
      Builtins.<MemorySegment>codec(ALLOCATED, OtherCodecs::segment);
  static final TypeCodec PATH = Builtins.<Path>codec(REBUILT, OtherCodecs::path);
  static final TypeCodec CHARSET =
      Builtins.<Charset>codec(
          REBUILT,
          (out, v) -> {
            out.wire.u8(Tag.CHARSET);
            out.wire.string(v.name());
          });

  private OtherCodecs() {}

  static void register(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(Object.class, Builtins.codec(ALLOCATED, (out, v) -> out.wire.u8(Tag.PLAIN_OBJECT)));
    tags.put(Tag.PLAIN_OBJECT, in -> in.track(new Object()));
    classes.put(Class.class, Builtins.<Class<?>>codec(NONE, OtherCodecs::type));
    tags.put(Tag.CLASS, GraphDecoder::className);
    classes.put(
        UUID.class,
        Builtins.<UUID>codec(
            ALLOCATED,
            (out, v) -> {
              out.wire.u8(Tag.UUID);
              out.wire.i64(v.getMostSignificantBits());
              out.wire.i64(v.getLeastSignificantBits());
            }));
    tags.put(Tag.UUID, in -> in.track(new UUID(in.wire.i64(), in.wire.i64())));
    tags.put(Tag.PATH, OtherCodecs::path);
    tags.put(Tag.CHARSET, in -> in.track(Charset.forName(in.string())));
    tags.put(Tag.BYTE_BUFFER, OtherCodecs::buffer);
    tags.put(Tag.MEMORY_SEGMENT, in -> in.track(MemorySegment.ofArray(segmentBytes(in))));
    registerOptionals(classes, tags);
    registerStatistics(classes, tags);
  }

  private static void type(GraphEncoder out, Class<?> type) {
    out.wire.u8(Tag.CLASS);
    out.className(type);
  }

  @SuppressWarnings("ReferenceEquality") // There is one default file system.
  private static void path(GraphEncoder out, Path path) {
    boolean isDefault = path.getFileSystem() == FileSystems.getDefault();
    out.wire.u8(Tag.PATH);
    out.wire.u8(isDefault ? 1 : 0);
    out.wire.string(isDefault ? path.toString() : path.toUri().toString());
  }

  private static Object path(GraphDecoder in) throws CorruptStreamException {
    boolean isDefault = in.wire.u8() != 0;
    String text = in.string();
    return in.track(isDefault ? Path.of(text) : Path.of(URI.create(text)));
  }

  private static void buffer(GraphEncoder out, ByteBuffer buffer) {
    out.wire.u8(Tag.BYTE_BUFFER);
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
    out.wire.u8(Tag.MEMORY_SEGMENT);
    if (segment.byteSize() > Integer.MAX_VALUE - 16) {
      throw out.refusal(
          segment.getClass(),
          "a segment over 2 GiB can be sent as the value itself only",
          "put it by itself and send the reference");
    }
    out.wire.varint((int) segment.byteSize());
    out.wire.bulk(segment);
  }

  private static byte[] segmentBytes(GraphDecoder in) throws CorruptStreamException {
    return in.wire.bytes(in.wire.varint());
  }

  private static void registerOptionals(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(
        Optional.class,
        Builtins.<Optional<?>>codec(
            REBUILT,
            (out, v) -> {
              out.wire.u8(Tag.OPTIONAL);
              out.child(GraphPath.HIDDEN, v.orElse(null));
            }));
    tags.put(
        Tag.OPTIONAL,
        in -> {
          int handle = in.takeHandle();
          Optional<?> value = Optional.ofNullable(in.value());
          in.setHandle(handle, value);
          return value;
        });
    classes.put(
        OptionalInt.class,
        Builtins.<OptionalInt>codec(
            NONE, (out, v) -> optional(out, Tag.OPTIONAL_INT, v.isPresent(), v.orElse(0))));
    tags.put(
        Tag.OPTIONAL_INT,
        in -> in.wire.u8() == 0 ? OptionalInt.empty() : OptionalInt.of((int) in.wire.i64()));
    classes.put(
        OptionalLong.class,
        Builtins.<OptionalLong>codec(
            NONE, (out, v) -> optional(out, Tag.OPTIONAL_LONG, v.isPresent(), v.orElse(0))));
    tags.put(
        Tag.OPTIONAL_LONG,
        in -> in.wire.u8() == 0 ? OptionalLong.empty() : OptionalLong.of(in.wire.i64()));
    classes.put(
        OptionalDouble.class,
        Builtins.<OptionalDouble>codec(
            NONE,
            (out, v) ->
                optional(
                    out,
                    Tag.OPTIONAL_DOUBLE,
                    v.isPresent(),
                    Double.doubleToRawLongBits(v.orElse(0)))));
    tags.put(
        Tag.OPTIONAL_DOUBLE,
        in ->
            in.wire.u8() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Double.longBitsToDouble(in.wire.i64())));
  }

  private static void optional(GraphEncoder out, int tag, boolean isPresent, long bits) {
    out.wire.u8(tag);
    out.wire.u8(isPresent ? 1 : 0);
    if (isPresent) {
      out.wire.i64(bits);
    }
  }

  private static void registerStatistics(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(
        IntSummaryStatistics.class,
        Builtins.<IntSummaryStatistics>codec(
            ALLOCATED,
            (out, v) ->
                longs(out, Tag.INT_STATISTICS, v.getCount(), v.getMin(), v.getMax(), v.getSum())));
    tags.put(
        Tag.INT_STATISTICS,
        in ->
            in.track(
                new IntSummaryStatistics(
                    in.wire.i64(), (int) in.wire.i64(), (int) in.wire.i64(), in.wire.i64())));
    classes.put(
        LongSummaryStatistics.class,
        Builtins.<LongSummaryStatistics>codec(
            ALLOCATED,
            (out, v) ->
                longs(out, Tag.LONG_STATISTICS, v.getCount(), v.getMin(), v.getMax(), v.getSum())));
    tags.put(
        Tag.LONG_STATISTICS,
        in ->
            in.track(
                new LongSummaryStatistics(
                    in.wire.i64(), in.wire.i64(), in.wire.i64(), in.wire.i64())));
    classes.put(
        DoubleSummaryStatistics.class,
        Builtins.<DoubleSummaryStatistics>codec(
            ALLOCATED,
            (out, v) ->
                longs(
                    out,
                    Tag.DOUBLE_STATISTICS,
                    v.getCount(),
                    Double.doubleToRawLongBits(v.getMin()),
                    Double.doubleToRawLongBits(v.getMax()),
                    Double.doubleToRawLongBits(v.getSum()))));
    tags.put(
        Tag.DOUBLE_STATISTICS,
        in ->
            in.track(
                new DoubleSummaryStatistics(
                    in.wire.i64(),
                    Double.longBitsToDouble(in.wire.i64()),
                    Double.longBitsToDouble(in.wire.i64()),
                    Double.longBitsToDouble(in.wire.i64()))));
  }

  private static void longs(GraphEncoder out, int tag, long a, long b, long c, long d) {
    out.wire.u8(tag);
    out.wire.i64(a);
    out.wire.i64(b);
    out.wire.i64(c);
    out.wire.i64(d);
  }
}
