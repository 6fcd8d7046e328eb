package io.mobula.worker.serialization;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lends a deep stack to the part of a value that is nested deeper than an ordinary stack may allow.
 *
 * <p>Encoding and decoding recurse, and a chain of a hundred thousand nodes is a value like any
 * other. At {@value #SWITCH_DEPTH} levels the rest of that branch runs on a thread of its own,
 * whose stack is reserved generously and committed only as it is used, while the caller waits. The
 * encoder or decoder is handed over and back by the start and the end of that thread. A hook that
 * locks what the caller holds, that deep inside, would wait for ever; shallower values never leave
 * their thread.
 */
final class DeepStack {
  /** The level at which a branch moves to the deep stack. */
  static final int SWITCH_DEPTH = 200;

  /** The deepest level; what is nested deeper is refused. */
  static final int DEPTH_MAX = 200_000;

  private static final long STACK_BYTES = 512L << 20;

  private DeepStack() {}

  /** A part of an encoding or decoding. */
  interface Part<T> {
    T run() throws Throwable;
  }

  private static final class Outcome<T> {
    @Nullable T result;
    @Nullable Throwable failure;
  }

  /** Runs {@code part} on a deep stack and returns, or throws, what it does. */
  static <T> T run(Part<T> part) throws Throwable {
    Outcome<T> outcome = new Outcome<>();
    Thread thread =
        Thread.ofPlatform()
            .name("codec-deep-stack")
            .daemon()
            .stackSize(STACK_BYTES)
            .start(() -> {
              try {
                outcome.result = part.run();
              } catch (Throwable e) {
                outcome.failure = e;
              }
            });
    boolean isInterrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    if (outcome.failure != null) {
      throw outcome.failure;
    }
    return Objects.requireNonNull(outcome.result, "result");
  }
}
