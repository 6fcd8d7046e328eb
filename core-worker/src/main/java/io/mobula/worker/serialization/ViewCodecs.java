package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Views of collections that the JDK does not make Serializable ({@code keySet()}, {@code subList},
 * {@code reversed()}, …): sent as a copy of what they show, in its order.
 */
final class ViewCodecs {
  private static final TypeCodec LIST =
      Builtins.<Collection<?>>codec(
          ALLOCATED, (out, v) -> CollectionCodecs.all(out, Tag.ARRAY_LIST, v));
  private static final TypeCodec SET =
      Builtins.<Collection<?>>codec(
          ALLOCATED, (out, v) -> CollectionCodecs.all(out, Tag.LINKED_HASH_SET, v));
  private static final TypeCodec MAP =
      Builtins.<Map<?, ?>>codec(ALLOCATED, (out, v) -> CollectionCodecs.map(out, Tag.MAP_VIEW, v));
  private static final TypeCodec SORTED_SET =
      Builtins.<SortedSet<?>>codec(
          ALLOCATED,
          (out, v) -> {
            out.wire.u8(Tag.SORTED_SET_VIEW);
            out.child("comparator", v.comparator());
            CollectionCodecs.all(out, Tag.ARRAY_LIST, v);
          });
  private static final TypeCodec SORTED_MAP =
      Builtins.<SortedMap<?, ?>>codec(
          ALLOCATED,
          (out, v) -> {
            out.wire.u8(Tag.SORTED_MAP_VIEW);
            out.child("comparator", v.comparator());
            CollectionCodecs.map(out, Tag.MAP_VIEW, v);
          });

  private ViewCodecs() {}

  /** The codec of a private Collection or Map class of the JDK. */
  static TypeCodec of(Class<?> type) {
    if (SortedMap.class.isAssignableFrom(type)) {
      return SORTED_MAP;
    }
    if (Map.class.isAssignableFrom(type)) {
      return MAP;
    }
    if (SortedSet.class.isAssignableFrom(type)) {
      return SORTED_SET;
    }
    return Set.class.isAssignableFrom(type) && !List.class.isAssignableFrom(type) ? SET : LIST;
  }

  static void register(Builtins.Tags tags) {
    tags.put(
        Tag.MAP_VIEW,
        in ->
            CollectionCodecs.fillMap(
                in,
                size -> LinkedHashMap.<@Nullable Object, @Nullable Object>newLinkedHashMap(size)));
    tags.put(Tag.SORTED_SET_VIEW, ViewCodecs::sortedSet);
    tags.put(Tag.SORTED_MAP_VIEW, ViewCodecs::sortedMap);
  }

  private static Object sortedSet(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    TreeSet<Object> set = new TreeSet<>(comparator(in));
    in.setHandle(handle, set);
    in.expectTag(Tag.ARRAY_LIST);
    for (int left = in.wire.count(in.wire.varint(), 1); left > 0; left--) {
      set.add(in.value());
    }
    return set;
  }

  private static Object sortedMap(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    TreeMap<Object, @Nullable Object> map = new TreeMap<>(comparator(in));
    in.setHandle(handle, map);
    in.expectTag(Tag.MAP_VIEW);
    for (int left = in.wire.count(in.wire.varint(), 2); left > 0; left--) {
      Object key = in.value();
      map.put(key, in.value());
    }
    return map;
  }

  @SuppressWarnings("unchecked") // A wrong one fails when it compares.
  private static @Nullable Comparator<Object> comparator(GraphDecoder in) throws Throwable {
    Object value = in.value();
    if (value == null || value instanceof Comparator<?>) {
      return (Comparator<Object>) value;
    }
    throw new CorruptStreamException("not a comparator: " + value.getClass());
  }
}
