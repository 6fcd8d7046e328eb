package io.mobula.store.hold;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.index.IndexWriter;
import java.util.BitSet;

/** The index and the hold tables of a store file that its owner has mapped. */
public final class MappedIndex implements SharedIndex {

  private final IndexWriter index;
  private final HoldTables holds;

  /** Joins the two, which are of one store. */
  public MappedIndex(IndexWriter index, HoldTables holds) {
    this.index = index;
    this.holds = holds;
  }

  @Override
  public int publish(StoreKey key, HeapRange range) {
    return index.publish(key, range);
  }

  @Override
  public void withdraw(int slot) {
    index.withdraw(slot);
  }

  @Override
  public boolean isHeld(int slot) {
    return holds.isHeld(slot);
  }

  @Override
  public BitSet heldSlots() {
    return holds.heldSlots();
  }

  @Override
  public void forEachHold(HoldVisitor visitor) {
    holds.forEachHold(visitor);
  }

  @Override
  public void restoreWanted(int slot) {
    index.restoreWanted(slot);
  }

  @Override
  public void settle(int slot) {
    index.settle(slot);
  }

  @Override
  public void remove(int slot) {
    index.remove(slot);
  }

  @Override
  public boolean takeUsed(int slot) {
    return index.takeUsed(slot);
  }

  @Override
  public int size() {
    return index.size();
  }
}
