package io.mobula.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the end of a worker: once it begins, by {@code System.exit} of user code or by a signal,
 * shutdown hooks that hang can't keep the process, and what it has of the node, for longer.
 */
final class ExitDeadline {
  private ExitDeadline() {}

  /** Has the process halt that long after it began to end. Once, at its start. */
  static void set(Duration grace) {
    // The hook returns at once, so that an end in good order is not held up.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("exit-deadline")
                .unstarted(() ->
                    Thread.ofPlatform()
                        .name("exit-halt")
                        .daemon(true)
                        .start(() -> haltAfter(grace))));
  }

  private static void haltAfter(Duration grace) {
    try {
      // Nothing counts it down: this waits for the time, or the end of the process.
      if (!new CountDownLatch(1).await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.println(
            "the worker halts, since its shutdown hooks take too long: seconds="
                + grace.toSeconds());
        Runtime.getRuntime().halt(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Runtime.getRuntime().halt(1);
    }
  }
}
