package io.mobula.raylet.lease;

/** A request and what became of it. Owned by {@link LeaseTable}. */
final class Lease {
  /** Before a worker is known; 0 is the GCS, which never is one. */
  static final long NO_WORKER = 0;

  final long number;
  final LeaseRequest request;
  final long arrivedNanos;
  private LeaseState state = LeaseState.QUEUED;
  private long worker = NO_WORKER;
  private boolean isBlocked;

  Lease(long number, LeaseRequest request, long arrivedNanos) {
    this.number = number;
    this.request = request;
    this.arrivedNanos = arrivedNanos;
  }

  LeaseState state() {
    return state;
  }

  long worker() {
    return worker;
  }

  boolean isBlocked() {
    return isBlocked;
  }

  void on(LeaseState.Event event) {
    state = state.after(event);
  }

  void placeOn(long address) {
    on(LeaseState.Event.PLACED);
    worker = address;
  }

  void setBlocked(boolean blocked) {
    isBlocked = blocked;
  }

  /** What it takes from the node now: a blocked task's CPU is free meanwhile. */
  ResourceSet taken() {
    if (!state.holdsResources()) {
      return ResourceSet.NONE;
    }
    ResourceSet resources = request.resources();
    return isBlocked ? resources.minus(resources.only(ResourceSet.CPU)) : resources;
  }
}
