package io.mobula.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What happens to the arguments of tasks when memory is short. */
final class ArgumentFetcherTest {
  private static final long SLOT = 5;
  private static final long OTHER_SLOT = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ExecuteRig rig = new ExecuteRig();
  private long now = Duration.ofHours(1).toNanos();

  @Test
  void shouldKeepTheArgumentsOfTheFirstThatWaitsForWhatStarves() {
    rig.push(SLOT, ExecuteRig.spec(1, ExecuteRig.stored(100), ExecuteRig.stored(101)));
    rig.push(OTHER_SLOT, ExecuteRig.spec(2, ExecuteRig.stored(102), ExecuteRig.stored(103)));
    rig.push(OTHER_SLOT, ExecuteRig.spec(3, ExecuteRig.stored(104), ExecuteRig.stored(103)));
    List<Packet> fetches = fetches();
    rig.arrive(fetches.get(0));
    rig.arrive(fetches.get(2));

    rig.fetcher.giveWay(key(103), now);

    assertThat(released())
        .as("held by 1, asked by 1, asked by 3")
        .containsExactly(100L, 101L, 104L);
    assertThat(fetches()).isEmpty();
    rig.arrive(fetches.get(3));
    assertThat(queue(OTHER_SLOT).names()).containsExactly("t2");
  }

  @Test
  void shouldLetGoOfEverythingThatHasNotStartedWhenSomethingElseStarves() {
    Execution running = complete(1, 100);
    assertThat(running.start()).isTrue();
    Execution next = complete(2, 101);
    rig.push(SLOT, ExecuteRig.spec(3, ExecuteRig.stored(102)));
    fetches();

    rig.fetcher.giveWay(null, now);

    assertThat(released()).containsExactly(101L, 102L);
    assertThat(next.start()).as("without arguments").isFalse();
    assertThat(next.isYielded()).isTrue();
    assertThat(running.mappings()[0]).isNotNull();
  }

  @Test
  void shouldFetchAgainWhenTheThreadComesToIt() throws InterruptedException {
    Execution execution = complete(1, 100);
    rig.fetcher.giveWay(null, now);
    released();
    BlockingQueue<Boolean> wanted = new LinkedBlockingQueue<>();
    BlockingQueue<Boolean> started = new LinkedBlockingQueue<>();
    Thread thread =
        Thread.ofVirtual().start(() -> started.add(execution.start(() -> wanted.add(true))));

    assertThat(wanted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    rig.fetcher.want(execution);
    // Once more, before its arguments have come.
    rig.fetcher.giveWay(null, now);
    assertThat(resume()).isPositive();
    now += ArgumentFetcher.PAUSE_NANOS_MAX;
    assertThat(resume()).isEqualTo(Long.MAX_VALUE);
    rig.arrive(fetches().getLast());

    assertThat(started.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(thread.join(PATIENCE)).isTrue();
    assertThat(execution.mappings()[0]).isNotNull();
    assertThat(queue(SLOT).names()).as("handed over once").containsExactly("t1");
  }

  @Test
  void shouldNotForgetTheThreadWhenAskedAgainBeforeItHasSeenItsArguments()
      throws InterruptedException {
    Execution execution = complete(1, 100);
    rig.fetcher.giveWay(null, now);
    CountDownLatch seen = new CountDownLatch(1);
    BlockingQueue<Boolean> wanted = new LinkedBlockingQueue<>();
    BlockingQueue<Boolean> started = new LinkedBlockingQueue<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> started.add(execution.start(() -> wanted.add(true) && awaited(seen))));
    assertThat(wanted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    rig.fetcher.want(execution);
    rig.arrive(fetches().getLast());

    rig.fetcher.giveWay(null, now);
    seen.countDown();
    now += ArgumentFetcher.PAUSE_NANOS_MAX;
    resume();
    rig.arrive(fetches().getLast());

    assertThat(started.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(thread.join(PATIENCE)).isTrue();
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldWakeTheThreadThatWaitsWhenTheTaskIsGivenBack() throws InterruptedException {
    Execution execution = complete(1, 100);
    rig.fetcher.giveWay(null, now);
    BlockingQueue<Boolean> wanted = new LinkedBlockingQueue<>();
    BlockingQueue<Boolean> started = new LinkedBlockingQueue<>();
    Thread thread =
        Thread.ofVirtual().start(() -> started.add(execution.start(() -> wanted.add(true))));
    assertThat(wanted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    rig.slots.onRecall(ExecuteRig.OWNER, SLOT);

    assertThat(started.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
    assertThat(thread.join(PATIENCE)).isTrue();
    assertThat(rig.returned()).containsExactly(List.of(1L));
  }

  @Test
  void shouldGoOnWithOneAtATimeAndPauseLongerEachTimeItIsAsked() {
    for (int i = 1; i <= 3; i++) {
      rig.push(SLOT, ExecuteRig.spec(i, ExecuteRig.stored(100 + i)));
    }
    fetches();
    rig.fetcher.giveWay(null, now);
    assertThat(resume()).isEqualTo(ArgumentFetcher.PAUSE_NANOS_MIN);
    now += ArgumentFetcher.PAUSE_NANOS_MIN;
    resume();
    assertThat(fetches()).as("the first").hasSize(1);

    rig.fetcher.giveWay(null, now);
    assertThat(resume()).isEqualTo(2 * ArgumentFetcher.PAUSE_NANOS_MIN);
    now += ArgumentFetcher.CALM_NANOS + 1;
    rig.fetcher.giveWay(null, now);
    assertThat(resume()).isEqualTo(ArgumentFetcher.PAUSE_NANOS_MIN);
  }

  @Test
  void shouldGoOnInTimeWhenAskedAgainAndAgainWithNothingToLetGo() {
    rig.push(SLOT, ExecuteRig.spec(1, ExecuteRig.stored(101)));
    fetches();
    rig.fetcher.giveWay(null, now);
    for (int i = 0; i < 10; i++) {
      now += ArgumentFetcher.PAUSE_NANOS_MIN / 10;
      rig.fetcher.giveWay(null, now);
    }
    resume();
    assertThat(fetches()).hasSize(1);
  }

  @Test
  void shouldGoOnAtOnceWhenATaskIsOver() {
    Execution running = complete(1, 100);
    assertThat(running.start()).isTrue();
    rig.push(SLOT, ExecuteRig.spec(2, ExecuteRig.stored(101)));
    rig.push(SLOT, ExecuteRig.spec(3, ExecuteRig.stored(102)));
    fetches();
    rig.fetcher.giveWay(null, now);

    rig.slots.onFinished(running, ExecuteRig.done(running));
    resume();

    assertThat(fetches())
        .extracting(packet -> packet.getFetchObject().getObject().getId().getSequence())
        .containsExactly(101L);
  }

  @Test
  void shouldIgnoreAnAnswerThatCrossedTheCancellation() {
    rig.push(SLOT, ExecuteRig.spec(1, ExecuteRig.stored(100)));
    Packet first = fetches().getFirst();
    rig.fetcher.giveWay(null, now);
    now += ArgumentFetcher.PAUSE_NANOS_MIN;
    resume();
    Packet second = fetches().getFirst();

    rig.arrive(first);
    assertThat(rig.queues.get(SLOT)).isNotNull();
    assertThat(queue(SLOT).names()).isEmpty();
    rig.arrive(second);
    assertThat(queue(SLOT).names()).containsExactly("t1");
  }

  /** A task with one stored argument, which is there, with its thread. */
  private Execution complete(long sequence, long argument) {
    rig.push(SLOT, ExecuteRig.spec(sequence, ExecuteRig.stored(argument)));
    rig.arrive();
    return queue(SLOT).added.getLast();
  }

  private ExecuteRig.ListQueue queue(long slot) {
    ExecuteRig.ListQueue queue = rig.queues.get(slot);
    if (queue == null) {
      throw new AssertionError("no slot: " + slot);
    }
    return queue;
  }

  private long resume() {
    return rig.fetcher.resume(now);
  }

  private List<Packet> fetches() {
    return rig.outbox.take(BodyCase.FETCH_OBJECT);
  }

  private List<Long> released() {
    return rig.outbox.take(BodyCase.RELEASE_OBJECT).stream()
        .map(packet -> packet.getReleaseObject().getId().getSequence())
        .toList();
  }

  private static ObjectKey key(long sequence) {
    return new ObjectKey(ExecuteRig.OWNER, sequence);
  }
}
