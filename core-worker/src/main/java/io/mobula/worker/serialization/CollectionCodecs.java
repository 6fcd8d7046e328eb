package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;
import static io.mobula.worker.serialization.TypeCodec.Tracking.REBUILT;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The collections that programs send most, without the detour through the JDK's hooks; and those
 * that the JDK does not make Serializable. All others go through {@link LayeredCodec}.
 */
final class CollectionCodecs {
  /** Entries of maps whose class is private: sent as an immutable pair. */
  static final TypeCodec SIMPLE_ENTRY =
      Builtins.<Map.Entry<?, ?>>codec(REBUILT, (out, v) -> entry(out, Tag.SIMPLE_ENTRY, v));

  private CollectionCodecs() {}

  static void register(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(
        ArrayList.class, Builtins.<List<?>>codec(ALLOCATED, (o, v) -> all(o, Tag.ARRAY_LIST, v)));
    tags.put(Tag.ARRAY_LIST, in -> fill(in, size -> new ArrayList<@Nullable Object>(size)));
    classes.put(
        HashSet.class, Builtins.<Set<?>>codec(ALLOCATED, (o, v) -> all(o, Tag.HASH_SET, v)));
    tags.put(Tag.HASH_SET, in -> fill(in, size -> HashSet.<@Nullable Object>newHashSet(size)));
    classes.put(
        LinkedHashSet.class,
        Builtins.<Set<?>>codec(ALLOCATED, (o, v) -> all(o, Tag.LINKED_HASH_SET, v)));
    tags.put(
        Tag.LINKED_HASH_SET,
        in -> fill(in, size -> LinkedHashSet.<@Nullable Object>newLinkedHashSet(size)));
    classes.put(
        HashMap.class, Builtins.<Map<?, ?>>codec(ALLOCATED, (o, v) -> map(o, Tag.HASH_MAP, v)));
    tags.put(
        Tag.HASH_MAP,
        in -> fillMap(in, size -> HashMap.<@Nullable Object, @Nullable Object>newHashMap(size)));
    classes.put(
        WeakHashMap.class,
        Builtins.<Map<?, ?>>codec(ALLOCATED, (o, v) -> map(o, Tag.WEAK_HASH_MAP, v)));
    tags.put(
        Tag.WEAK_HASH_MAP,
        in -> fillMap(in, size -> new WeakHashMap<@Nullable Object, @Nullable Object>()));
    registerImmutable(classes, tags);
  }

  private static void registerImmutable(Builtins.Classes classes, Builtins.Tags tags) {
    TypeCodec list = Builtins.<List<?>>codec(REBUILT, CollectionCodecs::listOf);
    classes.put(List.of().getClass(), list);
    classes.put(List.of(1).getClass(), list);
    tags.put(Tag.LIST_OF, in -> rebuilt(in, items -> List.of(items)));
    tags.put(Tag.LIST_OF_NULLABLE, in -> nullable(in));
    TypeCodec set = Builtins.<Set<?>>codec(REBUILT, (o, v) -> all(o, Tag.SET_OF, v));
    classes.put(Set.of().getClass(), set);
    classes.put(Set.of(1).getClass(), set);
    tags.put(Tag.SET_OF, in -> rebuilt(in, items -> Set.of(items)));
    TypeCodec map = Builtins.<Map<?, ?>>codec(REBUILT, (o, v) -> map(o, Tag.MAP_OF, v));
    classes.put(Map.of().getClass(), map);
    classes.put(Map.of(1, 1).getClass(), map);
    tags.put(Tag.MAP_OF, CollectionCodecs::mapOf);
    classes.put(
        Map.entry(1, 1).getClass(),
        Builtins.<Map.Entry<?, ?>>codec(REBUILT, (o, v) -> entry(o, Tag.MAP_ENTRY, v)));
    tags.put(Tag.MAP_ENTRY, in -> readEntry(in, Tag.MAP_ENTRY));
    tags.put(Tag.SIMPLE_ENTRY, in -> readEntry(in, Tag.SIMPLE_ENTRY));
  }

  static void all(GraphEncoder out, int tag, Collection<?> values) throws Throwable {
    int size = values.size();
    out.wire.u8(tag);
    out.wire.varint(size);
    int index = 0;
    for (Object value : values) {
      out.element(index++, value);
    }
    if (index != size) {
      throw new java.util.ConcurrentModificationException("size=" + size + ", written=" + index);
    }
  }

  static void map(GraphEncoder out, int tag, Map<?, ?> map) throws Throwable {
    out.wire.u8(tag);
    // A weak map may shrink while it is written: what is sent is a copy that can't.
    Map<?, ?> stable = map instanceof WeakHashMap ? new java.util.LinkedHashMap<>(map) : map;
    int size = stable.size();
    out.wire.varint(size);
    int written = 0;
    for (Map.Entry<?, ?> entry : stable.entrySet()) {
      Object key = entry.getKey();
      GraphPath.Key label = new GraphPath.Key(key);
      out.child(label, key);
      out.child(label, entry.getValue());
      written++;
    }
    if (written != size) {
      throw new java.util.ConcurrentModificationException("size=" + size + ", written=" + written);
    }
  }

  private static void listOf(GraphEncoder out, List<?> list) throws Throwable {
    boolean hasNull = false;
    for (Object item : list) {
      hasNull |= item == null;
    }
    all(out, hasNull ? Tag.LIST_OF_NULLABLE : Tag.LIST_OF, list);
  }

  private static void entry(GraphEncoder out, int tag, Map.Entry<?, ?> entry) throws Throwable {
    out.wire.u8(tag);
    out.child("key", entry.getKey());
    out.child("value", entry.getValue());
  }

  private static Object fill(GraphDecoder in, IntFunction<Collection<@Nullable Object>> make)
      throws Throwable {
    int size = in.wire.count(in.wire.varint(), 1);
    Collection<@Nullable Object> target = in.track(make.apply(size));
    for (int i = 0; i < size; i++) {
      target.add(in.value());
    }
    return target;
  }

  static Object fillMap(GraphDecoder in, IntFunction<Map<@Nullable Object, @Nullable Object>> make)
      throws Throwable {
    int size = in.wire.count(in.wire.varint(), 2);
    Map<@Nullable Object, @Nullable Object> target = in.track(make.apply(size));
    for (int i = 0; i < size; i++) {
      Object key = in.value();
      target.put(key, in.value());
    }
    return target;
  }

  private static Object rebuilt(GraphDecoder in, Function<Object[], Object> build)
      throws Throwable {
    int handle = in.takeHandle();
    Object[] items = new Object[in.wire.count(in.wire.varint(), 1)];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.present();
    }
    Object value = build.apply(items);
    in.setHandle(handle, value);
    return value;
  }

  /** The immutable list with nulls that {@code Stream.toList} makes, and nothing else does. */
  private static Object nullable(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    @Nullable Object[] items = new Object[in.wire.count(in.wire.varint(), 1)];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.value();
    }
    Object value = Arrays.stream(items).toList();
    in.setHandle(handle, value);
    return value;
  }

  private static Object mapOf(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Map.Entry<?, ?>[] entries = new Map.Entry<?, ?>[in.wire.count(in.wire.varint(), 2)];
    for (int i = 0; i < entries.length; i++) {
      Object key = in.present();
      entries[i] = Map.entry(key, in.present());
    }
    Map<?, ?> map = Map.ofEntries(entries);
    in.setHandle(handle, map);
    return map;
  }

  private static Object readEntry(GraphDecoder in, int tag) throws Throwable {
    int handle = in.takeHandle();
    Object entry =
        tag == Tag.MAP_ENTRY
            ? Map.entry(in.present(), in.present())
            : new AbstractMap.SimpleImmutableEntry<>(in.value(), in.value());
    in.setHandle(handle, entry);
    return entry;
  }
}
