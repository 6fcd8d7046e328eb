package io.mobula.raylet.lease;

import io.mobula.proto.Failure;

/**
 * Carries out what {@link LeaseTable} decides. None of these may call back into the table before it
 * returns to its caller, except through a later event.
 */
public interface LeaseEffects {
  /** Tell the requester. Repeated when it repeats its request. */
  void granted(LeaseRequest request, long lease, long worker);

  /** Tell the requester to ask that raylet. */
  void spilled(LeaseRequest request, long raylet);

  /** Tell the requester that it won't get it. */
  void refused(LeaseRequest request, Failure failure);

  /** The lease's resources are taken: find a slot, and answer with slotReady or slotFailed. */
  void slotWanted(LeaseRequest request, long lease);

  /** The lease has ended, or no longer wants a slot: its slot is free. */
  void slotReleased(long lease);

  /**
   * Tell the requester that a lease that it holds has ended: its worker died, or closed it without
   * being told to.
   */
  void ended(LeaseRequest request, long lease);

  /** Tell the worker to end the lease, and to answer LeaseClosed. */
  void revoked(long worker, long lease);
}
