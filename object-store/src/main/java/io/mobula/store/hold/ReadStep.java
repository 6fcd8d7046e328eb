package io.mobula.store.hold;

/** The steps of a read, at which a test may stop the process or let the owner act. */
enum ReadStep {
  /** The object was found; nothing is written yet. */
  FOUND,
  /** An entry of the client's table was taken; it is still zero. */
  TAKEN,
  /** The hold is written, and perhaps too late. */
  WRITTEN,
  /** The hold is good. */
  HELD,
  /** The hold is cleared; the owner does not know yet. */
  CLEARED,
  /** The entry is back. */
  RELEASED
}
