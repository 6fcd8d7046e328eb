package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;

/**
 * A request for memory that waits for its turn or for room.
 *
 * @param client who will write the object: a process of this node, or the raylet for one that comes
 *     from another node or from disk
 * @param correlation of the client's request
 * @param sinceNanos when it came
 * @param priority which line it waits in
 * @param taskAttempt of the task that makes it; 0 for what is put
 */
record WaitingCreate(
    ObjectKey key,
    long sizeBytes,
    long client,
    long correlation,
    long sinceNanos,
    CreatePriority priority,
    int taskAttempt) {

  /** What is put, or made by the first attempt of its task. */
  WaitingCreate(
      ObjectKey key,
      long sizeBytes,
      long client,
      long correlation,
      long sinceNanos,
      CreatePriority priority) {
    this(key, sizeBytes, client, correlation, sinceNanos, priority, 0);
  }

  WaitingCreate withPriority(CreatePriority other) {
    return new WaitingCreate(key, sizeBytes, client, correlation, sinceNanos, other, taskAttempt);
  }
}
