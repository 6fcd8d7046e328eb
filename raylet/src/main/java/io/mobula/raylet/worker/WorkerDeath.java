package io.mobula.raylet.worker;

/**
 * A worker process is gone, or as good as gone.
 *
 * @param number its number on this node
 * @param pid its process id, 0 if it never had one
 * @param reason what is known: exit code, signal, broken link, what it was told
 * @param isExpected whether it was told to end
 * @param wasRegistered whether anybody was told of it
 */
public record WorkerDeath(
    int number, long pid, String reason, boolean isExpected, boolean wasRegistered) {}
