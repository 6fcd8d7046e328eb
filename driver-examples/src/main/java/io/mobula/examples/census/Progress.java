package io.mobula.examples.census;

import io.mobula.api.Remote;

/** The actor that keeps running totals: tasks add to it, the driver looks at it. */
@Remote
final class Progress {
  private Step done = new Step(0, 0, 0);

  void add(Step step) {
    done =
        new Step(
            done.chunks + step.chunks,
            done.classes + step.classes,
            done.instructions + step.instructions);
  }

  Step done() {
    return done;
  }

  /**
   * What was counted.
   *
   * @param chunks chunks
   * @param classes class files
   * @param instructions their instructions
   */
  record Step(int chunks, int classes, long instructions) {}
}
