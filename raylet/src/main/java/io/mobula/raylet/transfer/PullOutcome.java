package io.mobula.raylet.transfer;

/** How a pull from one source ended. Its thread does not touch the destination any more. */
public sealed interface PullOutcome {

  /**
   * The part is there, and its checksum is right if it came through a socket.
   *
   * @param isFromFile whether it was copied from the source's store file
   */
  record Complete(SourceReport report, boolean isFromFile) implements PullOutcome {

    /** A part that came through a socket. */
    public Complete(SourceReport report) {
      this(report, false);
    }
  }

  /** The source does not have the part yet, or has too many readers. */
  record Absent(SourceReport report) implements PullOutcome {}

  /** The source is there, and serves as many connections as it may. */
  record Busy() implements PullOutcome {}

  /** The source says that it does not have the object, or another one under its name. */
  record Missing(String reason) implements PullOutcome {}

  /** The source has another copy than the one that the part must belong to. */
  record OtherCopy() implements PullOutcome {}

  /** The bytes are not those that the source sent. */
  record Corrupt(String reason) implements PullOutcome {}

  /** The connection failed, or the pull was cancelled. */
  record Failed(String reason) implements PullOutcome {}
}
