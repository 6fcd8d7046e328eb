package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;
import static io.mobula.worker.serialization.TypeCodec.Tracking.NONE;
import static io.mobula.worker.serialization.TypeCodec.Tracking.REBUILT;

import io.mobula.api.spi.DistinctRefs;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The classes with a tag of their own. Immutable.
 *
 * <p>Tables and switches instead of one lambda a tag: linking a hundred lambdas took a tenth of a
 * second of each process's start.
 */
final class Builtins {
  private static final Map<Class<?>, TypeCodec> BY_CLASS = new HashMap<>();

  static {
    scalars();
    arrays();
    collections();
    put(Object.class, Tag.PLAIN_OBJECT, ALLOCATED);
    put(Class.class, Tag.CLASS, NONE);
    put(Instant.class, Tag.INSTANT, NONE);
    put(Duration.class, Tag.DURATION, NONE);
    put(LocalDate.class, Tag.LOCAL_DATE, NONE);
    put(LocalTime.class, Tag.LOCAL_TIME, NONE);
    put(LocalDateTime.class, Tag.LOCAL_DATE_TIME, NONE);
    put(UUID.class, Tag.UUID, ALLOCATED);
    put(Optional.class, Tag.OPTIONAL, REBUILT);
    put(OptionalInt.class, Tag.OPTIONAL_INT, NONE);
    put(OptionalLong.class, Tag.OPTIONAL_LONG, NONE);
    put(OptionalDouble.class, Tag.OPTIONAL_DOUBLE, NONE);
    put(IntSummaryStatistics.class, Tag.INT_STATISTICS, ALLOCATED);
    put(LongSummaryStatistics.class, Tag.LONG_STATISTICS, ALLOCATED);
    put(DoubleSummaryStatistics.class, Tag.DOUBLE_STATISTICS, ALLOCATED);
  }

  private Builtins() {}

  private static void scalars() {
    put(Byte.class, Tag.BYTE, NONE);
    put(Short.class, Tag.SHORT, NONE);
    put(Character.class, Tag.CHAR, NONE);
    put(Float.class, Tag.FLOAT, NONE);
  }

  private static void arrays() {
    put(boolean[].class, Tag.BOOLEANS, ALLOCATED);
    put(byte[].class, Tag.BYTES, ALLOCATED);
    put(short[].class, Tag.SHORTS, ALLOCATED);
    put(char[].class, Tag.CHARS, ALLOCATED);
    put(int[].class, Tag.INTS, ALLOCATED);
    put(long[].class, Tag.LONGS, ALLOCATED);
    put(float[].class, Tag.FLOATS, ALLOCATED);
    put(double[].class, Tag.DOUBLES, ALLOCATED);
    put(Object[].class, Tag.OBJECTS, ALLOCATED);
    put(String[].class, Tag.STRINGS, ALLOCATED);
  }

  private static void collections() {
    put(ArrayList.class, Tag.ARRAY_LIST, ALLOCATED);
    put(HashMap.class, Tag.HASH_MAP, ALLOCATED);
    put(WeakHashMap.class, Tag.WEAK_HASH_MAP, ALLOCATED);
    put(HashSet.class, Tag.HASH_SET, ALLOCATED);
    put(LinkedHashSet.class, Tag.LINKED_HASH_SET, ALLOCATED);
    put(List.of().getClass(), Tag.LIST_OF, REBUILT);
    put(List.of(1).getClass(), Tag.LIST_OF, REBUILT);
    put(DistinctRefs.class, Tag.LIST_OF, REBUILT);
    put(Set.of().getClass(), Tag.SET_OF, REBUILT);
    put(Set.of(1).getClass(), Tag.SET_OF, REBUILT);
    put(Map.of().getClass(), Tag.MAP_OF, REBUILT);
    put(Map.of(1, 1).getClass(), Tag.MAP_OF, REBUILT);
    put(Map.entry(1, 1).getClass(), Tag.MAP_ENTRY, REBUILT);
  }

  private static void put(Class<?> type, int tag, TypeCodec.Tracking tracking) {
    BY_CLASS.put(type, new TypeCodec.Tagged(tag, tracking));
  }

  static @Nullable TypeCodec codec(Class<?> type) {
    return BY_CLASS.get(type);
  }

  /** Writes the tag and the body of a value that has a tagged codec. */
  static void write(int tag, GraphEncoder out, Object value) throws Throwable {
    out.wire.u8(tag == Tag.LIST_OF ? CollectionCodecs.listTag((List<?>) value) : tag);
    switch (tag) {
      case Tag.OBJECT_REF, Tag.ACTOR_HANDLE -> ReferenceCodecs.write(tag, out, value);
      case Tag.BYTE, Tag.SHORT, Tag.CHAR, Tag.FLOAT -> ScalarCodecs.write(tag, out, value);
      case Tag.BOOLEANS,
          Tag.BYTES,
          Tag.SHORTS,
          Tag.CHARS,
          Tag.INTS,
          Tag.LONGS,
          Tag.FLOATS,
          Tag.DOUBLES,
          Tag.OBJECTS,
          Tag.STRINGS ->
          ArrayCodecs.write(tag, out, value);
      case Tag.ARRAY_LIST,
          Tag.HASH_MAP,
          Tag.WEAK_HASH_MAP,
          Tag.HASH_SET,
          Tag.LINKED_HASH_SET,
          Tag.LIST_OF,
          Tag.SET_OF,
          Tag.MAP_OF,
          Tag.MAP_ENTRY,
          Tag.SIMPLE_ENTRY ->
          CollectionCodecs.write(tag, out, value);
      case Tag.MAP_VIEW, Tag.SORTED_SET_VIEW, Tag.SORTED_MAP_VIEW ->
          ViewCodecs.write(tag, out, value);
      case Tag.INSTANT, Tag.DURATION, Tag.LOCAL_DATE, Tag.LOCAL_TIME, Tag.LOCAL_DATE_TIME ->
          TimeCodecs.write(tag, out, value);
      case Tag.OPTIONAL, Tag.OPTIONAL_INT, Tag.OPTIONAL_LONG, Tag.OPTIONAL_DOUBLE ->
          OptionalCodecs.write(tag, out, value);
      default -> OtherCodecs.write(tag, out, value);
    }
  }

  /** Reads the body after a tag; takes handles as the writing codec's tracking says. */
  static Object read(int tag, GraphDecoder in) throws Throwable {
    return switch (tag) {
      case Tag.OBJECT_REF, Tag.ACTOR_HANDLE -> ReferenceCodecs.read(tag, in);
      case Tag.BYTE, Tag.SHORT, Tag.CHAR, Tag.FLOAT -> ScalarCodecs.read(tag, in);
      case Tag.BOOLEANS,
          Tag.BYTES,
          Tag.SHORTS,
          Tag.CHARS,
          Tag.INTS,
          Tag.LONGS,
          Tag.FLOATS,
          Tag.DOUBLES,
          Tag.OBJECTS,
          Tag.STRINGS ->
          ArrayCodecs.read(tag, in);
      case Tag.ARRAY_LIST,
          Tag.HASH_MAP,
          Tag.WEAK_HASH_MAP,
          Tag.HASH_SET,
          Tag.LINKED_HASH_SET,
          Tag.LIST_OF,
          Tag.LIST_OF_NULLABLE,
          Tag.SET_OF,
          Tag.MAP_OF,
          Tag.MAP_ENTRY,
          Tag.SIMPLE_ENTRY ->
          CollectionCodecs.read(tag, in);
      case Tag.MAP_VIEW, Tag.SORTED_SET_VIEW, Tag.SORTED_MAP_VIEW -> ViewCodecs.read(tag, in);
      case Tag.INSTANT, Tag.DURATION, Tag.LOCAL_DATE, Tag.LOCAL_TIME, Tag.LOCAL_DATE_TIME ->
          TimeCodecs.read(tag, in);
      case Tag.OPTIONAL, Tag.OPTIONAL_INT, Tag.OPTIONAL_LONG, Tag.OPTIONAL_DOUBLE ->
          OptionalCodecs.read(tag, in);
      default -> OtherCodecs.read(tag, in);
    };
  }
}
