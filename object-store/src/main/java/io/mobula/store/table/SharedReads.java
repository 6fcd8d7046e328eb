package io.mobula.store.table;

import io.mobula.store.hold.SharedIndex;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of objects that processes read without asking: the table's side of {@link
 * SharedIndex}. Knows which objects wait for such readers.
 */
final class SharedReads {

  private final SharedIndex index;

  /** Deleted objects that are held by somebody. */
  private final Set<StoreEntry> deleting = new LinkedHashSet<>();

  /** Objects that would have been evicted if no reader had held them. */
  private final Set<StoreEntry> wanted = new LinkedHashSet<>();

  SharedReads(SharedIndex index) {
    this.index = index;
  }

  /** The object is sealed. */
  void publish(StoreEntry entry) {
    entry.slot = index.publish(entry.key, entry.range);
  }

  /** No reader finds the object from now on. */
  void withdraw(StoreEntry entry) {
    if (isShared(entry)) {
      wanted.remove(entry);
      index.withdraw(entry.slot);
    }
  }

  /** Whether a reader holds the object, which is withdrawn. */
  boolean isHeld(StoreEntry entry) {
    return isShared(entry) && index.isHeld(entry.slot);
  }

  /** Those of the objects, all withdrawn, that readers hold, at the price of one. */
  Set<StoreEntry> held(Collection<StoreEntry> entries) {
    Set<StoreEntry> held = new LinkedHashSet<>();
    if (entries.size() == 1) {
      entries.stream().filter(this::isHeld).forEach(held::add);
    } else if (entries.stream().anyMatch(SharedReads::isShared)) {
      BitSet slots = index.heldSlots();
      entries.stream().filter(entry -> isShared(entry) && slots.get(entry.slot)).forEach(held::add);
    }
    return held;
  }

  /** Who holds which slots, for people. */
  Map<Integer, Set<Long>> holders() {
    Map<Integer, Set<Long>> holders = new HashMap<>();
    index.forEachHold(
        (client, slot) -> holders.computeIfAbsent(slot, any -> new LinkedHashSet<>()).add(client));
    return holders;
  }

  /** The object was to be evicted, and is held. */
  void restoreWanted(StoreEntry entry) {
    index.restoreWanted(entry.slot);
    wanted.add(entry);
  }

  /** The object was to be evicted, and need not be. */
  void settle(StoreEntry entry) {
    if (isShared(entry)) {
      index.settle(entry.slot);
    }
  }

  /** Whether a reader has used the object since this was asked last. */
  boolean takeUsed(StoreEntry entry) {
    return isShared(entry) && index.takeUsed(entry.slot);
  }

  /** The object is deleted, and somebody holds it. */
  void awaitHolders(StoreEntry entry) {
    deleting.add(entry);
  }

  /** A reader has ended a hold: the deleted objects that nobody holds any more. */
  List<StoreEntry> takeDrained() {
    wanted.forEach(entry -> index.settle(entry.slot));
    wanted.clear();
    List<StoreEntry> candidates = new ArrayList<>();
    for (StoreEntry entry : deleting) {
      if (entry.holdCount == 0) {
        candidates.add(entry);
      }
    }
    candidates.removeAll(held(candidates));
    return candidates;
  }

  /** Nobody holds the object, and its memory is free. */
  void remove(StoreEntry entry) {
    deleting.remove(entry);
    if (isShared(entry)) {
      index.remove(entry.slot);
      entry.slot = SharedIndex.ABSENT;
    }
  }

  /**
   * Checks that the index has what the objects say.
   *
   * @throws IllegalStateException if not
   */
  void verify(Collection<StoreEntry> entries) {
    long sharedCount = entries.stream().filter(SharedReads::isShared).count();
    long deletingCount =
        entries.stream().filter(entry -> entry.state == ObjectState.DELETING).count();
    boolean isWantedSealed =
        wanted.stream().allMatch(entry -> isShared(entry) && entry.state == ObjectState.SEALED);
    if (sharedCount != index.size() || deletingCount != deleting.size() || !isWantedSealed) {
      throw new IllegalStateException(
          "Index differs from the objects: sharedCount="
              + sharedCount
              + ", indexSize="
              + index.size()
              + ", deletingCount="
              + deletingCount
              + ", waitingCount="
              + deleting.size());
    }
  }

  private static boolean isShared(StoreEntry entry) {
    return entry.slot != SharedIndex.ABSENT;
  }
}
