package io.mobula.worker.lineage;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.object.ObjectEntry;

/** An object that a kept task needs when it runs again. Immutable. */
sealed interface Dependency {
  /**
   * It can be made again itself, so its value need not be kept: a lineage reference, which keeps
   * its task.
   */
  record Remakeable(ObjectKey key) implements Dependency {}

  /** It can't, or not here, so it is kept: the entry is retained once. */
  record Held(ObjectEntry entry) implements Dependency {}
}
