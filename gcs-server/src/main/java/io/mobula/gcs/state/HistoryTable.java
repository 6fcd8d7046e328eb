package io.mobula.gcs.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entries that live and then are remembered for a while: the living in the order they came, the
 * last dead in the order they died.
 *
 * @param <K> key
 * @param <V> immutable entry
 */
final class HistoryTable<K, V> {
  private final Map<K, V> living = new LinkedHashMap<>();
  private final Map<K, V> dead = new LinkedHashMap<>();
  private final int deadCountMax;

  HistoryTable(int deadCountMax) {
    this.deadCountMax = deadCountMax;
  }

  /** Adds a living entry, or replaces it in its place. */
  void put(K key, V value) {
    living.put(key, value);
  }

  /** Ends an entry; the longest dead is forgotten if there are too many. */
  void bury(K key, V value) {
    living.remove(key);
    dead.put(key, value);
    if (dead.size() > deadCountMax) {
      dead.remove(dead.keySet().iterator().next());
    }
  }

  @Nullable V living(K key) {
    return living.get(key);
  }

  /** Living or remembered. */
  @Nullable V find(K key) {
    V value = living.get(key);
    return value == null ? dead.get(key) : value;
  }

  Collection<V> living() {
    return Collections.unmodifiableCollection(living.values());
  }

  /** The dead, then the living: in this order a snapshot restores the same table. */
  List<V> all() {
    List<V> all = new ArrayList<>(dead.values());
    all.addAll(living.values());
    return all;
  }

  int livingCount() {
    return living.size();
  }
}
