package io.mobula.raylet.transfer;

/** How a pull from one source ended. Its thread does not touch the destination any more. */
public sealed interface PullOutcome {

  /** The object is whole. */
  record Complete() implements PullOutcome {}

  /** The source does not have the object, or another one under its name. */
  record Missing(String reason) implements PullOutcome {}

  /**
   * The connection failed, or the pull was cancelled.
   *
   * @param receivedBytes how much of the object is there, from its start
   */
  record Failed(String reason, long receivedBytes) implements PullOutcome {}
}
