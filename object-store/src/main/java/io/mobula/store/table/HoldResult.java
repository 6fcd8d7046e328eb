package io.mobula.store.table;

import io.mobula.store.HeapRange;

/** The answer to {@link StoreTable#hold}. */
public sealed interface HoldResult {

  /**
   * The client holds the object and may read it until it releases it.
   *
   * @param range where the object is
   */
  record Ready(HeapRange range) implements HoldResult {}

  /** The object is not here, or is deleted. */
  record NotFound() implements HoldResult {}

  /** The object is being written; hold it again when it is sealed. */
  record NotSealed() implements HoldResult {}
}
