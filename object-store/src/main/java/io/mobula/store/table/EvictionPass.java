package io.mobula.store.table;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds objects to evict, for one create.
 *
 * <p>How it works: it goes through {@link EvictionOrder}, which knows nothing of uses in shared
 * memory. An object that was used there gets a second chance: it goes to the order's end and counts
 * as unused. The others are withdrawn, and evicted if no reader holds them; one that is held goes
 * to the end, too. Looking for holds costs a look at every client, so that is done for groups of
 * objects, each twice as large as the one before. Every object is looked at twice at most.
 */
final class EvictionPass {

  private final EvictionOrder order;
  private final SharedReads shared;
  private final Deque<StoreEntry> victims = new ArrayDeque<>();
  private int looksLeft;
  private int groupSize = 1;

  EvictionPass(EvictionOrder order, SharedReads shared) {
    this.order = order;
    this.shared = shared;
    this.looksLeft = 2 * order.size();
  }

  /** The next object to evict, which is withdrawn and not held; null if there is none. */
  @Nullable StoreEntry next() {
    while (victims.isEmpty() && looksLeft > 0 && order.first() != null) {
      findVictims();
    }
    return victims.poll();
  }

  /** Ends the pass: what was found in vain is as before. */
  void end() {
    while (!victims.isEmpty()) {
      StoreEntry entry = victims.removeLast();
      shared.settle(entry);
      order.remove(entry);
      order.addFirst(entry);
    }
  }

  private void findVictims() {
    Set<StoreEntry> group = new LinkedHashSet<>();
    int groupMax = Math.min(groupSize, order.size());
    while (looksLeft > 0 && group.size() < groupMax) {
      StoreEntry entry = order.first();
      if (entry == null || group.contains(entry)) {
        break; // All of them were looked at in this group.
      }
      looksLeft--;
      order.remove(entry);
      order.add(entry);
      if (!shared.takeUsed(entry)) {
        shared.withdraw(entry);
        group.add(entry);
      }
    }
    groupSize *= 2;
    Set<StoreEntry> held = shared.held(group);
    for (StoreEntry entry : group) {
      if (held.contains(entry)) {
        shared.restoreWanted(entry);
      } else {
        victims.add(entry);
      }
    }
  }
}
