package io.mobula.store.table;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;

/** Counts the bytes of each usage class and keeps the evictable objects in order. */
final class UsageLedger {

  /** A count that changes in place. */
  private static final class Sum {
    long bytes;
  }

  private final Map<UsageClass, Sum> sums = new EnumMap<>(UsageClass.class);
  private final EvictionOrder evictionOrder = new EvictionOrder();

  UsageLedger() {
    for (UsageClass usageClass : UsageClass.values()) {
      sums.put(usageClass, new Sum());
    }
  }

  EvictionOrder evictionOrder() {
    return evictionOrder;
  }

  long bytes(UsageClass usageClass) {
    return sum(usageClass).bytes;
  }

  /** Moves an object to the class that it belongs to now, at the end of the order if evictable. */
  void update(StoreEntry entry) {
    UsageClass next = UsageClass.of(entry);
    if (next != entry.usageClass) {
      remove(entry);
      entry.usageClass = next;
      sum(next).bytes += entry.block.sizeBytes();
      if (next == UsageClass.EVICTABLE) {
        evictionOrder.add(entry);
      }
    }
  }

  /** Counts an object no more. */
  void remove(StoreEntry entry) {
    UsageClass current = entry.usageClass;
    if (current == null) {
      return;
    }
    sum(current).bytes -= entry.block.sizeBytes();
    if (current == UsageClass.EVICTABLE) {
      evictionOrder.remove(entry);
    }
    entry.usageClass = null;
  }

  /**
   * Checks the counts against the objects that there are.
   *
   * @throws IllegalStateException if one is wrong
   */
  void verify(Iterable<StoreEntry> entries) {
    Map<UsageClass, Long> expected = new EnumMap<>(UsageClass.class);
    int evictableCount = 0;
    for (StoreEntry entry : entries) {
      UsageClass usageClass = UsageClass.of(entry);
      if (usageClass != entry.usageClass) {
        throw new IllegalStateException("Object is in the wrong class: key=" + entry.key);
      }
      expected.merge(usageClass, entry.block.sizeBytes(), Long::sum);
      evictableCount += usageClass == UsageClass.EVICTABLE ? 1 : 0;
    }
    for (UsageClass usageClass : UsageClass.values()) {
      if (bytes(usageClass) != expected.getOrDefault(usageClass, 0L)) {
        throw new IllegalStateException("Class has wrong bytes: class=" + usageClass);
      }
    }
    if (evictionOrder.size() != evictableCount) {
      throw new IllegalStateException("Eviction order has wrong size: " + evictionOrder.size());
    }
  }

  private Sum sum(UsageClass usageClass) {
    return requireNonNull(sums.get(usageClass));
  }
}
