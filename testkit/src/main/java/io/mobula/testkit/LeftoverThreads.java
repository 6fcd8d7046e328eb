package io.mobula.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The threads of this process at one moment, to see later that none was added. Immutable.
 *
 * @param before that ran then
 */
public record LeftoverThreads(Set<Thread> before) {
  /** Threads of the JDK that are started once, by whoever needs them first. */
  private static final List<String> JDK_NAMES =
      List.of(
          "process reaper",
          "ForkJoinPool",
          "Cleaner-",
          "Common-Cleaner",
          "VirtualThread-",
          "MasterPoller");

  /** Copies. */
  public LeftoverThreads {
    before = Set.copyOf(before);
  }

  /** Those of now. */
  public static LeftoverThreads now() {
    return new LeftoverThreads(Thread.getAllStackTraces().keySet());
  }

  /** Fails if threads that were not there run after that time. */
  public void assertNoneLeft(Duration patience) {
    Deadline.in(patience).await(() -> "threads that end: " + added(), () -> added().isEmpty());
  }

  private Set<String> added() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .map(Thread::getName)
        .filter(name -> JDK_NAMES.stream().noneMatch(name::startsWith))
        .collect(Collectors.toUnmodifiableSet());
  }
}
