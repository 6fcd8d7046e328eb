package io.mobula.worker.execute;

import static io.mobula.worker.execute.ExecuteRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.ManualLoop;
import io.mobula.agent.loop.VirtualClock;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tasks that wait for us through somebody else: seen, counted, forgotten. */
final class WaitWatchTest {
  private static final long LEASE = 5;
  private static final long OTHER = 6;

  private final ExecuteRig rig = new ExecuteRig();
  private final Threads threads = new Threads();
  private final ManualLoop<Runnable> loop = ManualLoop.start(new Idle(), new VirtualClock());
  private final WaitWatch watch = new WaitWatch(rig.slots, threads, loop.context().timers());

  @Test
  void shouldLookAtNothingWhenNobodyWaitsElsewhere() {
    rig.push(LEASE, spec(1));
    threads.waiting.add(LEASE);
    watch.onTurnEnd();
    assertThat(loop.timerCount()).isZero();
    threads.isElsewhere = true;
    rig.slots.onRevoke(LEASE);
    rig.slots.onClosed(LEASE);
    watch.onTurnEnd();
    assertThat(loop.timerCount()).as("there is no task").isZero();
  }

  @Test
  void shouldCountTaskAsBlockedWhenSeenWaitingTwiceInARow() {
    start();
    threads.waiting.add(LEASE);
    look();
    assertThat(told()).isEmpty();
    threads.waiting.clear();
    look();
    threads.waiting.add(LEASE);
    look();
    assertThat(told()).as("it took a breath").isEmpty();
    look();
    assertThat(told()).containsExactly(true);
    assertThat(rig.returned()).as("what was queued behind it").containsExactly(List.of(2L));
    look();
    assertThat(told()).as("told once").isEmpty();
  }

  @Test
  void shouldCountTaskAsGoingOnWhenItRunsAgain() {
    blockByLooking();
    threads.waiting.clear();
    look();
    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldCountTaskAsGoingOnAndStopWhenNobodyWaitsElsewhereAnyMore() {
    blockByLooking();
    threads.isElsewhere = false;
    look();
    assertThat(told()).containsExactly(false);
    assertThat(loop.timerCount()).isZero();
    threads.isElsewhere = true;
    watch.onTurnEnd();
    look();
    look();
    assertThat(told()).as("it begins anew").containsExactly(true);
  }

  @Test
  void shouldCountTaskAsGoingOnWhenItEnds() {
    blockByLooking();
    Execution execution = queue(LEASE).added.getFirst();
    rig.slots.onFinished(execution, ExecuteRig.done(execution));
    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldSayOnceWhenTaskSaysThatItWaitsAndIsSeenWaiting() {
    start();
    rig.slots.onBlocked(LEASE, true);
    assertThat(told()).containsExactly(true);
    threads.waiting.add(LEASE);
    look();
    look();
    assertThat(told()).isEmpty();
    rig.slots.onBlocked(LEASE, false);
    assertThat(told()).containsExactly(false);
    threads.waiting.clear();
    look();
    assertThat(told()).isEmpty();
  }

  @Test
  void shouldTellOfThoseThatWaitAloneWhenSeveralTasksRun() {
    rig.push(OTHER, spec(9));
    queue(OTHER).added.getFirst().start();
    start();
    threads.waiting.add(OTHER);
    look();
    look();
    assertThat(rig.outbox.take(BodyCase.LEASE_BLOCKED))
        .hasSize(2)
        .allMatch(packet -> packet.getLeaseBlocked().getLease() == OTHER);
  }

  private void blockByLooking() {
    start();
    threads.waiting.add(LEASE);
    look();
    look();
    assertThat(told()).containsExactly(true);
    rig.outbox.take();
  }

  private void start() {
    rig.push(LEASE, spec(1), spec(2));
    queue(LEASE).added.getFirst().start();
    threads.isElsewhere = true;
    watch.onTurnEnd();
  }

  private ExecuteRig.ListQueue queue(long lease) {
    return Objects.requireNonNull(rig.queues.get(lease));
  }

  private void look() {
    loop.advance(WaitWatch.PERIOD_NANOS);
  }

  /** What the raylet was told, in order; its owner is told the same. */
  private List<Boolean> told() {
    List<Packet> packets = rig.outbox.take(BodyCase.LEASE_BLOCKED);
    List<Boolean> toOwner =
        packets.stream()
            .filter(packet -> packet.getTo() == ExecuteRig.OWNER)
            .map(packet -> packet.getLeaseBlocked().getBlocked())
            .toList();
    assertThat(
            packets.stream()
                .filter(packet -> packet.getTo() == ExecuteRig.RAYLET)
                .map(packet -> packet.getLeaseBlocked().getBlocked())
                .toList())
        .isEqualTo(toOwner);
    return toOwner;
  }

  private static final class Threads implements LeaseThreads {
    private final Set<Long> waiting = new HashSet<>();
    private boolean isElsewhere;

    @Override
    public boolean hasWaitsElsewhere() {
      return isElsewhere;
    }

    @Override
    public boolean isWaiting(long lease) {
      return waiting.contains(lease);
    }
  }

  private static final class Idle implements Agent<Runnable> {
    @Override
    public String role() {
      return "idle";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(Runnable message) {
      message.run();
    }
  }
}
