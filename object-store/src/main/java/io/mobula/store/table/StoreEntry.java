package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.heap.HeapBlock;
import io.mobula.store.hold.SharedIndex;
import org.jspecify.annotations.Nullable;

/** What the table knows about one object; changed by the table alone. */
final class StoreEntry {

  final StoreKey key;
  final HeapRange range;
  final HeapBlock block;

  /** Who writes it; keeps its value after sealing, for reports. */
  final long writerId;

  ObjectState state = ObjectState.ABSENT;
  boolean isPinned;

  /** The sum of all clients' holds that the table was asked for; those in shared memory besides. */
  int holdCount;

  /** Where readers find it in shared memory. */
  int slot = SharedIndex.ABSENT;

  /** The class that the entry's bytes are counted under, or null before it is counted. */
  @Nullable UsageClass usageClass;

  /** The neighbours in the order of eviction, or null if it is not in that order. */
  @Nullable StoreEntry evictedBefore;

  @Nullable StoreEntry evictedAfter;

  StoreEntry(StoreKey key, long sizeBytes, HeapBlock block, long writerId) {
    this.key = key;
    this.range = new HeapRange(block.offset(), sizeBytes);
    this.block = block;
    this.writerId = writerId;
  }

  boolean isWriting() {
    return state == ObjectState.CREATED || state == ObjectState.CANCELLED;
  }
}
