package io.mobula.store.file;

/** What {@link CapacityPolicy} decided. */
public sealed interface CapacityDecision {

  /**
   * The store may have this size.
   *
   * @param capacityBytes the size of the heap
   */
  record Granted(long capacityBytes) implements CapacityDecision {}

  /**
   * There is no room for the store.
   *
   * @param requestedBytes what was asked for, or the least that a store needs
   * @param freeBytes what there is
   * @param message both figures and what to do about it, for the user
   */
  record Refused(long requestedBytes, long freeBytes, String message) implements CapacityDecision {}
}
