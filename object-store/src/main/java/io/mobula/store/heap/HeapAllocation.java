package io.mobula.store.heap;

import io.mobula.store.HeapRange;

/** The heap's answer to a request for memory. */
public sealed interface HeapAllocation {

  /** The request has its memory. */
  record Fits(HeapBlock block) implements HeapAllocation {}

  /**
   * The heap grows for this request: populate the extent, report the result, then ask again.
   *
   * @param extent what to populate
   */
  record Grow(HeapRange extent) implements HeapAllocation {}

  /**
   * The heap grows already, for an earlier request: ask again when that is reported.
   *
   * @param extent what is being populated
   */
  record Growing(HeapRange extent) implements HeapAllocation {}

  /** Neither free memory nor growth can hold the request; freeing blocks may help. */
  record NoRoom() implements HeapAllocation {}
}
