package io.mobula.driver;

import io.mobula.agent.loop.Uninterrupted;
import io.mobula.proto.OutputEnded;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes have said that all output of the ended job's workers is sent. Thread-safe: the loop
 * notes, one thread waits.
 *
 * <p>Which nodes there are is said by the driver's own raylet, with its own end.
 */
final class OutputEnds {
  private final CountDownLatch isOver = new CountDownLatch(1);
  private final AtomicReference<State> state =
      new AtomicReference<>(new State(Set.of(), null, Set.of()));

  /**
   * What is known.
   *
   * @param ended raylets that have sent all
   * @param expected all raylets; null until the driver's own has said which
   * @param incomplete those of the ended where more may come
   */
  private record State(Set<Long> ended, @Nullable Set<Long> expected, Set<Long> incomplete) {
    State with(long raylet, OutputEnded end, boolean isOwn) {
      Set<Long> more = new TreeSet<>(ended);
      more.add(raylet);
      Set<Long> all = expected;
      if (isOwn) {
        all = new TreeSet<>(end.getOthersList());
        all.add(raylet);
      }
      Set<Long> cut = new TreeSet<>(incomplete);
      if (end.getIncomplete()) {
        cut.add(raylet);
      }
      return new State(more, all, cut);
    }

    Set<Long> missing(long own) {
      Set<Long> missing = new TreeSet<>(expected == null ? Set.of(own) : expected);
      missing.removeAll(ended);
      return missing;
    }
  }

  /**
   * A raylet has sent all.
   *
   * @param own the driver's raylet
   */
  void ended(long raylet, OutputEnded end, long own) {
    State now = state.updateAndGet(known -> known.with(raylet, end, raylet == own));
    if (now.missing(own).isEmpty()) {
      isOver.countDown();
    }
  }

  /** Nothing will come any more. */
  void lost() {
    isOver.countDown();
  }

  /**
   * Waits until everything is there, also on a thread that is interrupted.
   *
   * @param own the driver's raylet
   * @return the raylets that have not said so in time, or have said that more may come
   */
  Set<Long> await(Duration timeout, long own) {
    boolean isComplete = Uninterrupted.await(isOver, timeout);
    State now = state.get();
    Set<Long> uncertain = new TreeSet<>(now.incomplete());
    if (!isComplete) {
      uncertain.addAll(now.missing(own));
    }
    return uncertain;
  }
}
