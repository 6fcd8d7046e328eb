package io.mobula.store.table;

import org.jspecify.annotations.Nullable;

/**
 * The objects that nothing keeps, least recently used first: a list threaded through the entries,
 * so that joining and leaving it makes no garbage.
 */
final class EvictionOrder {

  private @Nullable StoreEntry first;
  private @Nullable StoreEntry last;
  private int size;

  /** The object to evict next, or null. */
  @Nullable StoreEntry first() {
    return first;
  }

  int size() {
    return size;
  }

  /** Adds an object that is not in the order, as the one used last. */
  void add(StoreEntry entry) {
    StoreEntry tail = last;
    entry.evictedBefore = tail;
    if (tail == null) {
      first = entry;
    } else {
      tail.evictedAfter = entry;
    }
    last = entry;
    size++;
  }

  /** Adds an object that is not in the order, as the one to evict next. */
  void addFirst(StoreEntry entry) {
    StoreEntry head = first;
    entry.evictedAfter = head;
    if (head == null) {
      last = entry;
    } else {
      head.evictedBefore = entry;
    }
    first = entry;
    size++;
  }

  /** Removes an object that is in the order. */
  void remove(StoreEntry entry) {
    StoreEntry before = entry.evictedBefore;
    StoreEntry after = entry.evictedAfter;
    if (before == null) {
      first = after;
    } else {
      before.evictedAfter = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.evictedBefore = before;
    }
    entry.evictedBefore = null;
    entry.evictedAfter = null;
    size--;
  }
}
