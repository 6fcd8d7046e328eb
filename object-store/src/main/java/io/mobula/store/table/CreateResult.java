package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.List;

/** The answer to {@link StoreTable#create}. */
public sealed interface CreateResult {

  /**
   * The secondary copies that were evicted to make room, whatever the answer is: they are gone, and
   * whoever believes that this node has them must be told.
   */
  List<StoreKey> evicted();

  /**
   * The object has its memory, which the client may write until it seals or aborts.
   *
   * @param range where, with the size that was asked for
   * @param evicted see {@link #evicted()}
   */
  record Allocated(HeapRange range, List<StoreKey> evicted) implements CreateResult {}

  /**
   * The heap must grow first: populate the extent, report that with {@link
   * StoreTable#populateFinished}, then create again.
   *
   * @param extent what to populate
   * @param evicted see {@link #evicted()}
   */
  record NeedsPopulate(HeapRange extent, List<StoreKey> evicted) implements CreateResult {}

  /**
   * The heap is growing already, for an earlier create: create again when that is reported.
   *
   * @param extent what is being populated
   * @param evicted see {@link #evicted()}
   */
  record AwaitsPopulate(HeapRange extent, List<StoreKey> evicted) implements CreateResult {}

  /**
   * There is no room, and nothing left to evict. Creating again may succeed once memory is freed,
   * unless the report says that it never will.
   *
   * @param report why
   * @param evicted see {@link #evicted()}
   */
  record Full(FullReport report, List<StoreKey> evicted) implements CreateResult {}

  /**
   * The key is in use; nothing has changed. A create that comes twice gets this, and can tell by
   * the writer that the memory is its own.
   *
   * @param state the state of the object
   * @param range where it is
   * @param writerId the client that created it
   */
  record AlreadyExists(ObjectState state, HeapRange range, long writerId) implements CreateResult {
    @Override
    public List<StoreKey> evicted() {
      return List.of();
    }
  }
}
