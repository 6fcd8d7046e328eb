package io.mobula.worker.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.id.ObjectKey;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One living entry an id, one living handle an entry, and none forgotten. */
@Timeout(60)
final class ObjectTableTest {
  private static final long SELF = 1;
  private static final ObjectKey KEY = new ObjectKey(9, 2);
  private static final int ROUNDS = 2_000;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final ObjectTable table = new ObjectTable();
  private final ReferenceUse use = new NoUse();
  private final List<ObjectEntry> surplus = new ArrayList<>();

  @Test
  void shouldFindWhatWasAddedUntilItIsRemoved() {
    ObjectEntry entry = ObjectEntry.pending(KEY);
    table.add(entry);
    assertThat(table.find(KEY)).isSameAs(entry);
    assertThatThrownBy(() -> table.add(ObjectEntry.pending(KEY)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(KEY.toString());
    entry.release();
    table.remove(entry);
    assertThat(table.find(KEY)).isNull();
  }

  @Test
  void shouldShareTheEntryWhenAReferenceComesAgain() {
    ObjectEntry first = table.retainOrCreate(KEY, SELF);
    assertThat(table.retainOrCreate(KEY, SELF)).isSameAs(first);
    assertThat(first.retains()).isEqualTo(2);
    assertThat(first.isReady()).isFalse();
  }

  @Test
  void shouldMakeAFailedEntryWhenItsOwnObjectIsGone() {
    assertThat(table.retainOrCreate(new ObjectKey(SELF, 4), SELF).outcome())
        .isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void shouldMakeANewEntryWhenTheOldOneIsDeadButNotYetRemoved() {
    ObjectEntry dead = table.retainOrCreate(KEY, SELF);
    dead.release();
    ObjectEntry next = table.retainOrCreate(KEY, SELF);
    table.remove(dead);
    assertThat(next).isNotSameAs(dead);
    assertThat(table.find(KEY)).isSameAs(next);
  }

  @Test
  void shouldGiveTheLivingHandleAndOneRetainBackWhenThereIsOne() {
    ObjectEntry entry = ObjectEntry.pending(KEY);
    table.add(entry);
    ObjectRefHandle<?> handle = table.newHandle(entry, use);
    try {
      assertThat(table.handleFor(entry, use, surplus::add)).isSameAs(handle);
      assertThat(surplus).containsExactly(entry);
    } finally {
      Reference.reachabilityFence(handle);
    }
  }

  @Test
  void shouldReportEachHandleOnceWhenTheProgramDroppedIt() {
    ObjectEntry entry = ObjectEntry.pending(KEY);
    table.add(entry);
    dropOneHandle(entry);
    assertThat(awaitUnreachable()).isSameAs(entry);
    assertThat(table.pollUnreachable()).isNull();
  }

  @Test
  void shouldReportOldAndNewHandleWhenTheObjectWasDecodedAgain() {
    ObjectEntry entry = ObjectEntry.pending(KEY);
    table.add(entry);
    dropOneHandle(entry);
    assertThat(awaitUnreachable()).isSameAs(entry);
    assertThat(table.handleFor(entry, use, surplus::add).entry()).isSameAs(entry);
    assertThat(surplus).isEmpty();
    assertThat(awaitUnreachable()).isSameAs(entry);
  }

  @Test
  void shouldGiveOneHandleToAllWhenThreadsDecodeAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ObjectTable raced = new ObjectTable();
        CyclicBarrier start = new CyclicBarrier(2);
        List<ObjectEntry> tooMany = new ArrayList<>();
        Future<ObjectRefHandle<?>> first = threads.submit(() -> decode(raced, start, tooMany));
        Future<ObjectRefHandle<?>> second = threads.submit(() -> decode(raced, start, tooMany));
        ObjectRefHandle<?> handle = first.get();
        try {
          assertThat(second.get()).isSameAs(handle);
          assertThat(tooMany).containsExactly(handle.entry());
          assertThat(handle.entry().retains()).isEqualTo(2);
        } finally {
          Reference.reachabilityFence(handle);
        }
      }
    }
  }

  @Test
  void shouldGiveALivingEntryWhenTheLoopLetsGoAtTheSameTime() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        ObjectTable raced = new ObjectTable();
        ObjectEntry old = raced.retainOrCreate(KEY, SELF);
        CyclicBarrier start = new CyclicBarrier(2);
        Future<ObjectEntry> decoding =
            threads.submit(() -> {
              start.await();
              return raced.retainOrCreate(KEY, SELF);
            });
        Future<?> releasing =
            threads.submit(() -> {
              start.await();
              if (old.release()) {
                raced.remove(old);
              }
              return null;
            });
        releasing.get();
        ObjectEntry living = decoding.get();
        assertThat(living.retains()).isEqualTo(1);
        assertThat(raced.find(KEY)).isSameAs(living);
      }
    }
  }

  private ObjectRefHandle<?> decode(
      ObjectTable raced, CyclicBarrier start, List<ObjectEntry> tooMany) throws Exception {
    start.await();
    ObjectEntry entry = raced.retainOrCreate(KEY, SELF);
    // At most one thread gets the surplus, since one of the two makes the handle.
    return raced.handleFor(entry, use, tooMany::add);
  }

  private void dropOneHandle(ObjectEntry entry) {
    assertThat(table.newHandle(entry, use).entry()).isSameAs(entry);
  }

  private ObjectEntry awaitUnreachable() {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (System.nanoTime() < deadline) {
      System.gc();
      ObjectEntry entry = table.pollUnreachable();
      if (entry != null) {
        return entry;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no handle was found unreachable within " + DEADLINE);
  }

  /** The handles of these tests are never asked for values. */
  private static final class NoUse implements ReferenceUse {
    @Override
    public void free(ObjectEntry entry) {
      throw new AssertionError("not used");
    }

    @Override
    public @Nullable Object get(ObjectEntry entry, @Nullable Duration timeout) {
      throw new AssertionError("not asked for: " + entry);
    }

    @Override
    public CompletableFuture<@Nullable Object> future(ObjectEntry entry) {
      throw new AssertionError("not asked for: " + entry);
    }
  }
}
