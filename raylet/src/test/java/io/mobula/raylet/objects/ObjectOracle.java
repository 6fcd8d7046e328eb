package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What must hold whatever the object table decides: memory that somebody reads or writes belongs to
 * nobody else, and each request is answered once unless its asker is dead.
 */
final class ObjectOracle {

  /** Somebody's right to touch memory. */
  record Use(Object user, HeapRange range, boolean isWriting) {}

  private final long seed;
  private final Map<Object, Use> uses = new HashMap<>();
  private final Set<Long> unanswered = new HashSet<>();

  ObjectOracle(long seed) {
    this.seed = seed;
  }

  void begin(Object user, HeapRange range, boolean isWriting) {
    for (Use other : uses.values()) {
      boolean mayShare = !isWriting && !other.isWriting;
      if (!mayShare && overlap(range, other.range)) {
        throw new AssertionError(
            "seed " + seed + ": " + user + " gets memory of " + other + ": " + range);
      }
    }
    assertThat(uses.put(user, new Use(user, range, isWriting))).as("seed %d", seed).isNull();
  }

  void end(Object user) {
    uses.remove(user);
  }

  void asked(long correlation) {
    unanswered.add(correlation);
  }

  void answered(long correlation) {
    assertThat(unanswered.remove(correlation))
        .as("seed %d: answer to %d, which nobody waits for", seed, correlation)
        .isTrue();
  }

  void askerDied(long correlation) {
    unanswered.remove(correlation);
  }

  void assertQuiet() {
    assertThat(unanswered).as("seed %d: unanswered", seed).isEmpty();
    assertThat(uses).as("seed %d: uses", seed).isEmpty();
  }

  private static boolean overlap(HeapRange a, HeapRange b) {
    return a.offset() < b.endOffset() && b.offset() < a.endOffset();
  }
}
