package io.mobula.raylet.worker;

/**
 * What a worker that runs is doing while nobody needs it for tasks. A state × event pair that is
 * not listed is a broken invariant.
 *
 * <pre>
 *               VACATED          PERIOD_OVER            NEEDED            PERIOD_OVER
 *   BUSY ──────────────► IDLE ──────────────► ASKED ────────────► RETAINED ───────────► ASKED_AGAIN
 *    ▲                    ▲                     │                     ▲                      │
 *    │ OCCUPIED           └────── MAY_GO ───────┴─── (from either) ───┼── NEEDED ────────────┘
 *    └── from every state; an answer that comes afterwards is void
 * </pre>
 *
 * A worker that may go is ended there and then, unless it is kept for another reason. One that does
 * not answer is asked anew after each period.
 */
enum IdleState {
  /** It has leases, or does not run yet. */
  BUSY,
  /** It has none. */
  IDLE,
  /** It was asked whether it may end. */
  ASKED,
  /** It has said that it is needed for what it owns. */
  RETAINED,
  /** It has said so, and was asked again. */
  ASKED_AGAIN;

  enum Event {
    /** It got a lease. */
    OCCUPIED,
    /** It has lost its last lease, or runs and has none. */
    VACATED,
    /** It was left alone for long enough. */
    PERIOD_OVER,
    /** It answers that it is needed. */
    NEEDED,
    /** It answers that it may end. */
    MAY_GO
  }

  /** Whether a question is open. */
  boolean isAsked() {
    return this == ASKED || this == ASKED_AGAIN;
  }

  /** Whether it stays for what it owns, as far as is known. */
  boolean isRetained() {
    return this == RETAINED || this == ASKED_AGAIN;
  }

  IdleState after(Event event) {
    return switch (event) {
      case OCCUPIED -> BUSY;
      case VACATED ->
          switch (this) {
            case BUSY -> IDLE;
            case IDLE, ASKED, RETAINED, ASKED_AGAIN -> throw unlisted(event);
          };
      case PERIOD_OVER ->
          switch (this) {
            case IDLE, ASKED -> ASKED;
            case RETAINED, ASKED_AGAIN -> ASKED_AGAIN;
            case BUSY -> throw unlisted(event);
          };
      case NEEDED ->
          switch (this) {
            case ASKED, ASKED_AGAIN -> RETAINED;
            case BUSY, IDLE, RETAINED -> throw unlisted(event);
          };
      case MAY_GO ->
          switch (this) {
            case ASKED, ASKED_AGAIN -> IDLE;
            case BUSY, IDLE, RETAINED -> throw unlisted(event);
          };
    };
  }

  private IllegalStateException unlisted(Event event) {
    return new IllegalStateException("idle worker: state=" + this + ", event=" + event);
  }
}
