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
 * {@code reversed()}, …): sent as a copy of what they show, in its order. Stateless.
 */
final class ViewCodecs {
  private ViewCodecs() {}

  /** The codec of a private Collection or Map class of the JDK. */
  static TypeCodec of(Class<?> type) {
    return new TypeCodec.Tagged(tag(type), ALLOCATED);
  }

  private static int tag(Class<?> type) {
    if (SortedMap.class.isAssignableFrom(type)) {
      return Tag.SORTED_MAP_VIEW;
    }
    if (Map.class.isAssignableFrom(type)) {
      return Tag.MAP_VIEW;
    }
    if (SortedSet.class.isAssignableFrom(type)) {
      return Tag.SORTED_SET_VIEW;
    }
    boolean isSet = Set.class.isAssignableFrom(type) && !List.class.isAssignableFrom(type);
    return isSet ? Tag.LINKED_HASH_SET : Tag.ARRAY_LIST;
  }

  static void write(int tag, GraphEncoder out, Object value) throws Throwable {
    switch (tag) {
      case Tag.SORTED_SET_VIEW -> {
        out.child("comparator", ((SortedSet<?>) value).comparator());
        CollectionCodecs.all(out, (Collection<?>) value);
      }
      case Tag.SORTED_MAP_VIEW -> {
        out.child("comparator", ((SortedMap<?, ?>) value).comparator());
        CollectionCodecs.map(out, (Map<?, ?>) value);
      }
      default -> CollectionCodecs.map(out, (Map<?, ?>) value);
    }
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    return switch (tag) {
      case Tag.SORTED_SET_VIEW -> sortedSet(in);
      case Tag.SORTED_MAP_VIEW -> sortedMap(in);
      default -> {
        int size = in.wire.count(in.wire.varint(), 2);
        yield CollectionCodecs.fillMap(
            in, size, LinkedHashMap.<@Nullable Object, @Nullable Object>newLinkedHashMap(size));
      }
    };
  }

  private static Object sortedSet(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    TreeSet<Object> set = new TreeSet<>(comparator(in));
    in.setHandle(handle, set);
    for (int left = in.wire.count(in.wire.varint(), 1); left > 0; left--) {
      set.add(in.value());
    }
    return set;
  }

  private static Object sortedMap(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    TreeMap<Object, @Nullable Object> map = new TreeMap<>(comparator(in));
    in.setHandle(handle, map);
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
