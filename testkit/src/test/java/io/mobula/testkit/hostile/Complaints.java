package io.mobula.testkit.hostile;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What the onlooker has seen that must not be. Thread-safe. */
final class Complaints {
  private static final int KEPT_MAX = 20;

  private final CopyOnWriteArrayList<AssertionError> all = new CopyOnWriteArrayList<>();

  void add(long seed, @Nullable String what, @Nullable Throwable cause) {
    if (what != null && all.size() < KEPT_MAX) {
      all.add(new AssertionError("seed=" + seed + ": " + what, cause));
    }
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Throws the first, with the others. */
  void rethrow(String howToRepeat) {
    List<AssertionError> found = List.copyOf(all);
    if (!found.isEmpty()) {
      AssertionError failure =
          new AssertionError(found.size() + " complaints; " + howToRepeat, found.getFirst());
      found.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
