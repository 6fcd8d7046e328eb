package io.mobula.store.table;

import io.mobula.store.heap.HeapUsage;

/**
 * What the store's memory is used for. Each object counts once, with the size of its block, so that
 * the five classes and the chunks add up to the heap's used bytes.
 *
 * @param heap the heap's figures
 * @param objectCount how many objects there are, in any state
 * @param unsealedBytes objects whose writer is not done
 * @param pinnedBytes primary copies, held or not
 * @param heldBytes held objects that are not primary copies
 * @param deletingBytes deleted objects that wait for their holders
 * @param evictableBytes secondary copies that nobody holds
 * @param leasedBytes what of clients' chunks is no object's yet
 */
public record StoreUsage(
    HeapUsage heap,
    int objectCount,
    long unsealedBytes,
    long pinnedBytes,
    long heldBytes,
    long deletingBytes,
    long evictableBytes,
    long leasedBytes) {

  /** What objects take. */
  public long objectBytes() {
    return heap.usedBytes() - leasedBytes;
  }
}
