package io.mobula.store.table;

/** The answer to {@link StoreTable#abort}. */
public enum AbortResult {
  /** The memory is free now. */
  ABORTED,
  /** The object was sealed before; nothing has changed. */
  ALREADY_SEALED,
  /** There is no such object. */
  NOT_FOUND,
  /** Another client writes it; nothing has changed. */
  NOT_WRITER
}
