package io.mobula.agent.loop;

/** Where time comes from; injected, so that tests can hold it still. */
public interface Clock {
  /** Monotonic time in nanoseconds from an arbitrary origin. */
  long nanoTime();

  /** Wall-clock time in milliseconds since the epoch, for people and records only. */
  long epochMillis();
}
