package io.mobula.store.table;

/** The answer to {@link StoreTable#seal}. */
public enum SealResult {
  /** The object is complete and can be held. */
  SEALED,
  /** It was sealed before; nothing has changed. */
  ALREADY_SEALED,
  /** It was deleted while it was written; its memory is free now. */
  CANCELLED,
  /** There is no such object. */
  NOT_FOUND,
  /** Another client writes it; nothing has changed. */
  NOT_WRITER
}
