package io.mobula.store.hold;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.BitSet;

/** No index: no object gets a slot. */
final class UnsharedIndex implements SharedIndex {

  static final SharedIndex INSTANCE = new UnsharedIndex();

  private UnsharedIndex() {}

  @Override
  public int publish(StoreKey key, HeapRange range) {
    return ABSENT;
  }

  @Override
  public void withdraw(int slot) {
    throw noSlot(slot);
  }

  @Override
  public boolean isHeld(int slot) {
    throw noSlot(slot);
  }

  @Override
  public BitSet heldSlots() {
    return new BitSet();
  }

  @Override
  public void forEachHold(HoldVisitor visitor) {}

  @Override
  public void restoreWanted(int slot) {
    throw noSlot(slot);
  }

  @Override
  public void settle(int slot) {
    throw noSlot(slot);
  }

  @Override
  public void remove(int slot) {
    throw noSlot(slot);
  }

  @Override
  public boolean takeUsed(int slot) {
    throw noSlot(slot);
  }

  @Override
  public int size() {
    return 0;
  }

  private static IllegalStateException noSlot(int slot) {
    return new IllegalStateException("There is no such slot: slot=" + slot);
  }
}
