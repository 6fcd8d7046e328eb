package io.mobula.raylet.worker;

/**
 * Where a worker process is in its life. A state × event pair that is not listed is a broken
 * invariant.
 *
 * <pre>
 *                 REGISTERED          LINK_CLOSED, EXITED
 *   STARTING ───────────────► READY ──────────────────────► LOST
 *      │ END_WANTED             │ END_WANTED                  │ the other of the two, GRACE_PASSED
 *      ▼                        ▼                             ▼
 *    ENDING ◄───────────────────┘                            DEAD
 *      │ GRACE_PASSED
 *      ▼
 *    KILLED ◄── LINGERED ── LOST
 *
 *   from every state: EXITED ends in DEAD (READY by way of LOST)
 * </pre>
 *
 * A worker whose link closes is told apart from one that exits only by what it leaves behind: its
 * last packets are read from the link first, and its exit code is waited for, each for a moment.
 * One that lingers without its link is killed; it is not dead before it is gone, since what it was
 * doing is known only then.
 */
enum WorkerState {
  /** Launched; has not dialled yet. */
  STARTING,
  /** Its link is open. */
  READY,
  /** Its link closed or its process exited; the other is expected at once. */
  LOST,
  /** It was asked to end. */
  ENDING,
  /** It was killed. */
  KILLED,
  DEAD;

  enum Event {
    REGISTERED,
    LINK_CLOSED,
    EXITED,
    /** It could not be launched. */
    LAUNCH_FAILED,
    START_TIMED_OUT,
    END_WANTED,
    GRACE_PASSED,
    /** Its link is closed, and its process has not gone by itself. */
    LINGERED
  }

  /** Whether it has a process that may still run. */
  boolean isStarted() {
    return this != DEAD;
  }

  WorkerState after(Event event) {
    return switch (this) {
      case STARTING ->
          switch (event) {
            case REGISTERED -> READY;
            case EXITED, LAUNCH_FAILED -> DEAD;
            case START_TIMED_OUT -> KILLED;
            case END_WANTED -> ENDING;
            case LINK_CLOSED, GRACE_PASSED, LINGERED -> throw unlisted(event);
          };
      case READY ->
          switch (event) {
            case LINK_CLOSED, EXITED -> LOST;
            case END_WANTED -> ENDING;
            case REGISTERED, LAUNCH_FAILED, START_TIMED_OUT, GRACE_PASSED, LINGERED ->
                throw unlisted(event);
          };
      case LOST ->
          switch (event) {
            case LINK_CLOSED, EXITED, GRACE_PASSED -> DEAD;
            case END_WANTED -> LOST;
            case LINGERED -> KILLED;
            case REGISTERED, LAUNCH_FAILED, START_TIMED_OUT -> throw unlisted(event);
          };
      case ENDING ->
          switch (event) {
            case LINK_CLOSED, END_WANTED -> ENDING;
            case EXITED, LAUNCH_FAILED -> DEAD;
            case GRACE_PASSED -> KILLED;
            case REGISTERED, START_TIMED_OUT, LINGERED -> throw unlisted(event);
          };
      case KILLED ->
          switch (event) {
            case LINK_CLOSED, END_WANTED -> KILLED;
            case EXITED, LAUNCH_FAILED -> DEAD;
            case REGISTERED, START_TIMED_OUT, GRACE_PASSED, LINGERED -> throw unlisted(event);
          };
      case DEAD -> throw unlisted(event);
    };
  }

  private IllegalStateException unlisted(Event event) {
    return new IllegalStateException("worker: state=" + this + ", event=" + event);
  }
}
