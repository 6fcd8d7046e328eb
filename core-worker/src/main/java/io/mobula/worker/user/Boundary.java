package io.mobula.worker.user;

import io.mobula.proto.Failure;
import org.jspecify.annotations.Nullable;

/**
 * The boundary between user code that runs for the cluster and us. Thread-safe.
 *
 * <p>User code is more than the task's method: it is its class's initializer, what decodes its
 * arguments and encodes its result, and what its exception says of itself. All of it may throw
 * anything. The contract: whatever crosses ends in one {@link Failure}, a stand-in if need be, or
 * went well; and whatever is thrown where we report that ends the process, so that its raylet tells
 * those who wait. Nothing else can become of it.
 */
final class Boundary {
  private final FailureEncoder failures;
  private final OutOfHeap heap;

  Boundary(FailureEncoder failures, OutOfHeap heap) {
    this.failures = failures;
    this.heap = heap;
  }

  /** Whose code runs: decides what a throwable means. */
  enum Stage {
    /** The method is looked for, its class initialized. */
    DEFINITION,
    ARGUMENTS,
    METHOD,
    RESULT
  }

  /** How far a crossing has come. Used by one thread. */
  static final class Progress {
    private Stage stage = Stage.DEFINITION;

    void reached(Stage next) {
      stage = next;
    }
  }

  /** Everything that may run user code. */
  @FunctionalInterface
  interface Crossing {
    void run(Progress progress) throws Throwable;
  }

  /**
   * Runs what may run user code.
   *
   * @param name the task, for people
   * @return what it failed with, null if it went well
   */
  @Nullable Failure cross(String name, Crossing crossing) {
    Progress progress = new Progress();
    try {
      crossing.run(progress);
      return null;
    } catch (Throwable thrown) {
      return describe(progress.stage, thrown, name);
    }
  }

  /** Runs what must not fail, the crossings in it included. */
  void orEnd(Runnable report) {
    try {
      report.run();
    } catch (Throwable thrown) {
      heap.end(thrown);
    }
  }

  private Failure describe(Stage stage, Throwable thrown, String name) {
    heap.check(thrown);
    try {
      return failures.of(stage, thrown, name);
    } catch (Throwable again) {
      heap.check(again);
      return failures.standIn(thrown.getClass(), again.getClass(), name);
    }
  }
}
