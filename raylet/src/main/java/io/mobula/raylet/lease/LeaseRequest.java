package io.mobula.raylet.lease;

/**
 * Somebody asks for resources and a slot.
 *
 * @param requester the asker's address: a task's owner, or the GCS for an actor
 * @param request unique within the requester; the same number again is the same request
 * @param job the job it belongs to
 * @param resources what it takes while it is held
 * @param kind the slot it wants
 * @param isPinned whether it was sent here on purpose and stays unless it can never run here
 * @param name the task or actor class, for error messages
 */
public record LeaseRequest(
    long requester,
    long request,
    int job,
    ResourceSet resources,
    LeaseKind kind,
    boolean isPinned,
    String name) {
  Key key() {
    return new Key(requester, request);
  }

  SchedulingClass schedulingClass() {
    return new SchedulingClass(job, resources, kind, isPinned);
  }

  /** What makes a request unique. */
  record Key(long requester, long request) {}

  /** Requests that differ in nothing the scheduler looks at; they are served in order. */
  record SchedulingClass(int job, ResourceSet resources, LeaseKind kind, boolean isPinned) {}
}
