package io.mobula.raylet.lease;

/**
 * Where a lease is in its life. A state × event pair that is not listed is a broken invariant.
 *
 * <pre>
 *   QUEUED ──RESERVED──► STARTING ──PLACED──► GRANTED ──RETURNED──► CLOSING
 *     │ LEFT                │ LEFT               │ CLOSED, WORKER_DIED │ CLOSED, WORKER_DIED
 *     ▼                     ▼                    ▼                     ▼
 *   ENDED                 ENDED                ENDED                 ENDED
 * </pre>
 *
 * Resources are taken from STARTING to CLOSING.
 */
enum LeaseState {
  /** Waits for resources. */
  QUEUED,
  /** Has resources, waits for a slot. */
  STARTING,
  /** Its requester uses it. */
  GRANTED,
  /** Its worker was told to end it and has not yet. */
  CLOSING,
  ENDED;

  enum Event {
    /** Its resources were taken. */
    RESERVED,
    /** A slot is there. */
    PLACED,
    /** Withdrawn, spilled or refused. */
    LEFT,
    /** Given back, or its requester died. */
    RETURNED,
    /** The worker's thread is free. */
    CLOSED,
    WORKER_DIED
  }

  boolean holdsResources() {
    return this == STARTING || this == GRANTED || this == CLOSING;
  }

  LeaseState after(Event event) {
    return switch (this) {
      case QUEUED ->
          switch (event) {
            case RESERVED -> STARTING;
            case LEFT -> ENDED;
            case PLACED, RETURNED, CLOSED, WORKER_DIED -> throw unlisted(event);
          };
      case STARTING ->
          switch (event) {
            case PLACED -> GRANTED;
            case LEFT -> ENDED;
            case RESERVED, RETURNED, CLOSED, WORKER_DIED -> throw unlisted(event);
          };
      case GRANTED ->
          switch (event) {
            case RETURNED -> CLOSING;
            case CLOSED, WORKER_DIED -> ENDED;
            case RESERVED, PLACED, LEFT -> throw unlisted(event);
          };
      case CLOSING ->
          switch (event) {
            case CLOSED, WORKER_DIED -> ENDED;
            case RESERVED, PLACED, LEFT, RETURNED -> throw unlisted(event);
          };
      case ENDED -> throw unlisted(event);
    };
  }

  private IllegalStateException unlisted(Event event) {
    return new IllegalStateException("lease: state=" + this + ", event=" + event);
  }
}
