package io.mobula.store.table;

/** Where an object is in its life. */
public enum ObjectState {
  /** There is no such object. */
  ABSENT,
  /** Its writer fills its memory; nobody else may see it. */
  CREATED,
  /** It was deleted while its writer fills it; its memory stays until the writer is done. */
  CANCELLED,
  /** It is complete and never changes again. */
  SEALED,
  /** It was deleted while it was held; its memory stays until the last hold goes. */
  DELETING
}
