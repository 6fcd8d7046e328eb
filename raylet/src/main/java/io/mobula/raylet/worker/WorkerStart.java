package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;

/**
 * A process to start.
 *
 * @param number its number on this node
 * @param job the job it works for
 * @param kind what its slots are for
 * @param name for people: the actor's class, or {@code task}
 * @param heapBytes how large its heap may become
 */
public record WorkerStart(int number, int job, LeaseKind kind, String name, long heapBytes) {}
