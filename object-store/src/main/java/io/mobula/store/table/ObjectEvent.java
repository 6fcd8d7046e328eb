package io.mobula.store.table;

/**
 * What happens to an object. Where one request means two things, depending on who holds the object,
 * each has an event of its own.
 */
public enum ObjectEvent {
  /** A client has got memory for it. */
  CREATE,
  /** Its writer says that it is complete. */
  SEAL,
  /** Its writer gives up, or is gone. */
  ABORT,
  /** A client wants to read it. */
  HOLD,
  /** A client lets go of it, and others, or other holds of that client, remain. */
  RELEASE,
  /** A client lets go of it, and that was the last hold, in shared memory too. */
  RELEASE_LAST,
  /** A client lets go of it without having held it. */
  RELEASE_UNHELD,
  /** It was deleted, and the last hold in shared memory has ended. */
  DRAIN,
  /** Its owner frees it, and it is held. */
  DELETE_HELD,
  /** Its owner frees it, and nobody holds it. */
  DELETE_UNHELD,
  /** It is the primary copy: it must not be evicted. */
  PIN,
  /** It may be evicted. */
  UNPIN,
  /** Its memory is needed for another object. */
  EVICT
}
