package io.mobula.store.table;

/** The answer to {@link StoreTable#delete}. */
public enum DeleteResult {
  /** The memory is free now. */
  FREED,
  /** Nobody new can hold the object; its memory is freed when its writer or last holder is done. */
  DEFERRED,
  /** There is no such object. */
  NOT_FOUND
}
