package io.mobula.worker.serialization;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The collections that programs send most, without the detour through the JDK's hooks; and those
 * that the JDK does not make Serializable. All others go through {@link LayeredCodec}. Stateless.
 */
final class CollectionCodecs {
  private CollectionCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) throws Throwable {
    switch (tag) {
      case Tag.HASH_MAP, Tag.MAP_OF -> map(out, (Map<?, ?>) value);
      // It may shrink while it is written, unlike its copy.
      case Tag.WEAK_HASH_MAP -> map(out, new LinkedHashMap<>((Map<?, ?>) value));
      case Tag.MAP_ENTRY, Tag.SIMPLE_ENTRY -> entry(out, (Map.Entry<?, ?>) value);
      default -> all(out, (Collection<?>) value);
    }
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    return switch (tag) {
      case Tag.ARRAY_LIST -> {
        int size = size(in);
        yield fill(in, size, new ArrayList<@Nullable Object>(size));
      }
      case Tag.HASH_SET -> {
        int size = size(in);
        yield fill(in, size, HashSet.<@Nullable Object>newHashSet(size));
      }
      case Tag.LINKED_HASH_SET -> {
        int size = size(in);
        yield fill(in, size, LinkedHashSet.<@Nullable Object>newLinkedHashSet(size));
      }
      case Tag.HASH_MAP -> {
        int size = size(in);
        yield fillMap(in, size, HashMap.<@Nullable Object, @Nullable Object>newHashMap(size));
      }
      case Tag.WEAK_HASH_MAP ->
          fillMap(in, size(in), new WeakHashMap<@Nullable Object, @Nullable Object>());
      case Tag.LIST_OF_NULLABLE -> nullable(in);
      case Tag.MAP_OF -> mapOf(in);
      case Tag.MAP_ENTRY, Tag.SIMPLE_ENTRY -> entry(tag, in);
      default -> immutable(tag, in);
    };
  }

  /** Immutable lists may hold nulls if {@code Stream.toList} made them. */
  static int listTag(List<?> list) {
    for (Object item : list) {
      if (item == null) {
        return Tag.LIST_OF_NULLABLE;
      }
    }
    return Tag.LIST_OF;
  }

  static void all(GraphEncoder out, Collection<?> values) throws Throwable {
    int size = values.size();
    out.wire.varint(size);
    int written = 0;
    for (Object value : values) {
      out.element(written++, value);
    }
    requireSame(size, written);
  }

  static void map(GraphEncoder out, Map<?, ?> map) throws Throwable {
    int size = map.size();
    out.wire.varint(size);
    int written = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object key = entry.getKey();
      GraphPath.Key label = new GraphPath.Key(key);
      out.child(label, key);
      out.child(label, entry.getValue());
      written++;
    }
    requireSame(size, written);
  }

  private static void requireSame(int size, int written) {
    if (written != size) {
      throw new ConcurrentModificationException("size=" + size + ", written=" + written);
    }
  }

  private static void entry(GraphEncoder out, Map.Entry<?, ?> entry) throws Throwable {
    out.child("key", entry.getKey());
    out.child("value", entry.getValue());
  }

  private static int size(GraphDecoder in) throws CorruptStreamException {
    return in.wire.count(in.wire.varint(), 1);
  }

  private static Object fill(GraphDecoder in, int size, Collection<@Nullable Object> target)
      throws Throwable {
    in.track(target);
    for (int i = 0; i < size; i++) {
      target.add(in.value());
    }
    return target;
  }

  static Object fillMap(GraphDecoder in, int size, Map<@Nullable Object, @Nullable Object> target)
      throws Throwable {
    in.track(target);
    for (int i = 0; i < size; i++) {
      Object key = in.value();
      target.put(key, in.value());
    }
    return target;
  }

  private static Object immutable(int tag, GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Object[] items = new Object[size(in)];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.present();
    }
    Object value = tag == Tag.LIST_OF ? List.of(items) : Set.of(items);
    in.setHandle(handle, value);
    return value;
  }

  /** The immutable list with nulls that {@code Stream.toList} makes, and nothing else does. */
  private static Object nullable(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    @Nullable Object[] items = new Object[size(in)];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.value();
    }
    Object value = Arrays.stream(items).toList();
    in.setHandle(handle, value);
    return value;
  }

  private static Object mapOf(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Map.Entry<?, ?>[] entries = new Map.Entry<?, ?>[size(in)];
    for (int i = 0; i < entries.length; i++) {
      Object key = in.present();
      entries[i] = Map.entry(key, in.present());
    }
    Map<?, ?> map = Map.ofEntries(entries);
    in.setHandle(handle, map);
    return map;
  }

  private static Object entry(int tag, GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Object entry =
        tag == Tag.MAP_ENTRY
            ? Map.entry(in.present(), in.present())
            : new AbstractMap.SimpleImmutableEntry<>(in.value(), in.value());
    in.setHandle(handle, entry);
    return entry;
  }
}
