package io.mobula.store.spill;

/** What became of reading an object back. */
public sealed interface SpillRead {

  /** All bytes are there, and are those that were written. */
  record Complete() implements SpillRead {}

  /**
   * The bytes can't be had, or are not those that were written. What was read so far is worthless.
   *
   * @param reason why
   */
  record Failed(String reason) implements SpillRead {}
}
