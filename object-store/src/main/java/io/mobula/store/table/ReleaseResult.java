package io.mobula.store.table;

/** The answer to {@link StoreTable#release}. */
public enum ReleaseResult {
  /** The client has one hold less. */
  RELEASED,
  /** That was the last hold of a deleted object; its memory is free now. */
  FREED,
  /** The client did not hold the object; nothing has changed. */
  NOT_HELD
}
