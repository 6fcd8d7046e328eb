package io.mobula.store.hold;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.BitSet;

/**
 * What the owner's object table does with the index and the holds in shared memory. Belongs to the
 * table's thread.
 *
 * <p>An object's slot goes: published, withdrawn, and then restored, settled or removed. It may be
 * removed if it is not held, and that may be asked only while it is withdrawn.
 */
public interface SharedIndex {

  /** The slot of an object that readers can't find. */
  int ABSENT = -1;

  /** Lets readers find a sealed object; returns its slot, or {@link #ABSENT}. */
  int publish(StoreKey key, HeapRange range);

  /** Lets no more readers find the object. */
  void withdraw(int slot);

  /** Whether a reader holds the object, which is withdrawn. */
  boolean isHeld(int slot);

  /** All slots of held objects, for many at the price of one; valid until the next call. */
  BitSet heldSlots();

  /** Shows all holds, as they are at about this moment. For people: an object may go any time. */
  void forEachHold(HoldVisitor visitor);

  /** Lets readers find a withdrawn object again; the owner is told when one ends its hold. */
  void restoreWanted(int slot);

  /** Lets readers find a withdrawn or wanted object as before. */
  void settle(int slot);

  /** Forgets a withdrawn object that is not held. */
  void remove(int slot);

  /** Whether a reader has held the object since the last call. */
  boolean takeUsed(int slot);

  /** How many objects readers can find, or could until they were withdrawn. */
  int size();

  /** Is shown a hold of the object in a slot. */
  @FunctionalInterface
  interface HoldVisitor {
    void onHold(long clientAddress, int slot);
  }

  /** Of a store that is read only by asking its owner. */
  static SharedIndex none() {
    return UnsharedIndex.INSTANCE;
  }
}
