package io.mobula.worker.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.id.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Outcome, listeners and retains of one entry, with the loop and user threads at once. */
@Timeout(60)
final class ObjectEntryTest {
  private static final ObjectKey KEY = new ObjectKey(1, 2);
  private static final Outcome VALUE = new Outcome.Inline(1, new byte[0]);
  private static final int ROUNDS = 2_000;
  private static final int LISTENERS = 8;

  private final ObjectEntry entry = ObjectEntry.pending(KEY);
  private final List<String> seen = new ArrayList<>();

  @Test
  void shouldCallListenersInOrderWhenItIsCompleted() {
    entry.whenReady(ready -> seen.add("first"));
    entry.whenReady(ready -> seen.add("second"));
    assertThat(entry.complete(VALUE)).isTrue();
    entry.whenReady(ready -> seen.add("late"));
    assertThat(seen).containsExactly("first", "second", "late");
  }

  @Test
  void shouldKeepTheFirstOutcomeWhenCompletedTwice() {
    Outcome second = new Outcome.Inline(2, new byte[0]);
    entry.complete(VALUE);
    entry.whenReady(ready -> seen.add("once"));
    assertThat(entry.complete(second)).isFalse();
    assertThat(entry.outcome()).isSameAs(VALUE);
    assertThat(seen).containsExactly("once");
  }

  @Test
  void shouldCallEveryoneButTheForgottenWhenOneGaveUp() {
    ReadyListener gaveUp = ready -> seen.add("gave up");
    entry.whenReady(ready -> seen.add("first"));
    entry.whenReady(gaveUp);
    entry.whenReady(ready -> seen.add("last"));
    entry.forget(gaveUp);
    entry.forget(ready -> seen.add("never added"));
    entry.complete(VALUE);
    entry.forget(gaveUp);
    assertThat(seen).containsExactly("first", "last");
  }

  @Test
  void shouldCallAListenerThatWasAddedByAnother() {
    entry.whenReady(ready -> ready.whenReady(again -> seen.add("inner")));
    entry.complete(VALUE);
    assertThat(seen).containsExactly("inner");
  }

  @Test
  void shouldBeDeadForEverWhenTheLastRetainIsGone() {
    entry.retain();
    assertThat(entry.release()).isFalse();
    assertThat(entry.release()).isTrue();
    assertThat(entry.tryRetain()).isFalse();
    assertThatThrownBy(entry::release).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(entry::retain).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldNeitherLoseNorDoubleAListenerWhenCompletionRaces() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ObjectEntry raced = ObjectEntry.pending(KEY);
        AtomicInteger calls = new AtomicInteger();
        ReadyListener forgotten = ready -> calls.addAndGet(1_000_000);
        raced.whenReady(forgotten);
        raced.forget(forgotten);
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> adding =
            threads.submit(() -> {
              start.await();
              for (int i = 0; i < LISTENERS; i++) {
                raced.whenReady(ready -> calls.incrementAndGet());
              }
              return null;
            });
        Future<?> completing =
            threads.submit(() -> {
              start.await();
              return raced.complete(VALUE);
            });
        adding.get();
        completing.get();
        assertThat(calls).hasValue(LISTENERS);
      }
    }
  }

  @Test
  void shouldEitherRetainOrBeDeadWhenTheLastReleaseRaces() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ObjectEntry raced = ObjectEntry.pending(KEY);
        CyclicBarrier start = new CyclicBarrier(2);
        Future<Boolean> retaining =
            threads.submit(() -> {
              start.await();
              return raced.tryRetain();
            });
        Future<Boolean> releasing =
            threads.submit(() -> {
              start.await();
              return raced.release();
            });
        boolean isRetained = retaining.get();
        assertThat(releasing.get()).isEqualTo(!isRetained);
        if (isRetained) {
          assertThat(raced.release()).isTrue();
        }
      }
    }
  }
}
