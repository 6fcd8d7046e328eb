package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.raylet.transfer.PullOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pull table with virtual time: sources that fail, vanish, die and are busy. */
final class PullTableTest {
  private static final int SELF = 1;
  private static final long OWNER = ProcessAddress.of(9, 1);
  private static final PullConfig CONFIG =
      new PullConfig(100, 2, 3, Duration.ofNanos(10), Duration.ofNanos(15));

  private final PullTable table = new PullTable(SELF, CONFIG);
  private final ObjectKey a = new ObjectKey(OWNER, 1);
  private final ObjectKey b = new ObjectKey(OWNER, 2);
  private final ObjectKey c = new ObjectKey(OWNER, 3);
  private long now;

  @BeforeEach
  void addNodes() {
    table.nodeAdded(2, "two:1");
    table.nodeAdded(3, "three:1");
    table.nodeAdded(4, "four:1");
  }

  @Test
  void shouldReserveTransferAndCompleteWhenSourceIsGood() {
    table.want(a, 10, List.of(2));
    assertThat(actions()).containsExactly(new PullAction.Reserve(a, 10));
    table.roomGranted(a, now);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 1, 2, "two:1", 0));
    assertThat(table.bytesInFlight()).isEqualTo(10);
    table.transferEnded(a, 1, new PullOutcome.Complete(), now);
    assertThat(actions()).containsExactly(new PullAction.Complete(a));
    assertIdle();
  }

  @Test
  void shouldPullOnceWhenWantedTwice() {
    start(a, 10, 2);
    table.want(a, 10, List.of(3));
    assertThat(actions()).isEmpty();
    fail(a, 1, 0);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 3, "three:1", 0));
  }

  @Test
  void shouldTryOtherSourceFromStartWhenSourceBreaks() {
    start(a, 10, 2, 3);
    fail(a, 1, 6);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 3, "three:1", 0));
  }

  @Test
  void shouldGoOnWhereItBrokeWhenSameSourceIsTriedAgain() {
    start(a, 10, 2);
    fail(a, 1, 6);
    assertThat(actions()).isEmpty();
    assertThat(table.nextTimeNanos()).isEqualTo(now + 10);
    advanceTo(now + 9);
    assertThat(actions()).isEmpty();
    advanceTo(now + 1);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 2, "two:1", 6));
  }

  @Test
  void shouldNotAskAgainWhenSourceHasNoSuchObject() {
    start(a, 10, 2, 3);
    table.transferEnded(a, 1, new PullOutcome.Missing("not here"), now);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 3, "three:1", 0));
    table.transferEnded(a, 2, new PullOutcome.Missing("nor here"), now);
    assertThat(actions())
        .singleElement()
        .satisfies(lost -> assertLost(lost, "not here", "nor here"));
    assertIdle();
  }

  @Test
  void shouldLoseObjectWhenAllRoundsFailed() {
    start(a, 10, 2);
    fail(a, 1, 0);
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).hasSize(1);
    fail(a, 2, 0);
    assertThat(table.nextTimeNanos()).isEqualTo(now + 15);
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).hasSize(1);
    fail(a, 3, 0);
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "node 2: broken"));
    assertIdle();
  }

  @Test
  void shouldLoseObjectAtOnceWhenNoNodeHasIt() {
    table.want(a, 10, List.of(SELF));
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "no node has a copy"));
    table.nodeDied(2, now);
    table.want(b, 10, List.of(2));
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "node 2: node died"));
    assertIdle();
  }

  @Test
  void shouldWaitForNodeWhenItIsNotKnownYet() {
    table.want(a, 10, List.of(7));
    actions();
    table.roomGranted(a, now);
    assertThat(actions()).isEmpty();
    table.nodeAdded(7, "seven:1");
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).containsExactly(new PullAction.Start(a, 1, 7, "seven:1", 0));
  }

  @Test
  void shouldReplaceSourceWhenItsNodeDiesDuringTransfer() {
    start(a, 10, 2, 3);
    table.nodeDied(2, now);
    assertThat(actions()).containsExactly(new PullAction.Cancel(a, 1));
    fail(a, 1, 4);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 3, "three:1", 0));
  }

  @Test
  void shouldLoseObjectWhenLastSourceDiesDuringPause() {
    start(a, 10, 2);
    fail(a, 1, 0);
    table.nodeDied(2, now);
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "node died"));
    assertIdle();
  }

  @Test
  void shouldLoseObjectWhenLastSourceDiesBeforeThereIsRoom() {
    table.want(a, 10, List.of(2));
    actions();
    table.nodeDied(2, now);
    assertThat(actions()).singleElement().isInstanceOf(PullAction.Lose.class);
    assertIdle();
  }

  @Test
  void shouldKeepMemoryUntilTransferEndedWhenDropped() {
    start(a, 10, 2);
    table.drop(a);
    assertThat(actions()).containsExactly(new PullAction.Cancel(a, 1));
    assertThat(table.isPulling(a)).isTrue();
    fail(a, 1, 5);
    assertThat(actions()).containsExactly(new PullAction.GiveUp(a));
    assertIdle();
  }

  @Test
  void shouldCompleteWhenCancellationComesTooLate() {
    start(a, 10, 2);
    table.drop(a);
    actions();
    table.transferEnded(a, 1, new PullOutcome.Complete(), now);
    assertThat(actions()).containsExactly(new PullAction.Complete(a));
    assertIdle();
  }

  @Test
  void shouldGoOnWhenWantedAgainDuringCancellation() {
    start(a, 10, 2, 3);
    table.drop(a);
    table.want(a, 10, List.of(2));
    actions();
    fail(a, 1, 5);
    assertThat(actions()).containsExactly(new PullAction.Start(a, 2, 3, "three:1", 0));
  }

  @Test
  void shouldAdmitInOrderWhenBytesInFlightAreLimited() {
    start(a, 60, 2);
    table.want(b, 60, List.of(2));
    table.want(c, 10, List.of(2));
    assertThat(actions()).isEmpty();
    table.transferEnded(a, 1, new PullOutcome.Complete(), now);
    assertThat(actions())
        .containsExactly(
            new PullAction.Reserve(b, 60),
            new PullAction.Reserve(c, 10),
            new PullAction.Complete(a));
  }

  @Test
  void shouldPullAloneWhenObjectExceedsBytesInFlight() {
    table.want(a, 1000, List.of(2));
    assertThat(actions()).containsExactly(new PullAction.Reserve(a, 1000));
  }

  @Test
  void shouldForgetQueuedPullWhenDropped() {
    start(a, 60, 2);
    table.want(b, 60, List.of(2));
    table.drop(b);
    assertThat(table.isPulling(b)).isFalse();
    table.transferEnded(a, 1, new PullOutcome.Complete(), now);
    assertThat(actions()).containsExactly(new PullAction.Complete(a));
    assertIdle();
  }

  @Test
  void shouldWaitForFreeTransferWhenSourceIsBusy() {
    start(a, 10, 2);
    start(b, 10, 2);
    table.want(c, 10, List.of(2));
    actions();
    table.roomGranted(c, now);
    assertThat(actions()).isEmpty();
    table.transferEnded(a, 1, new PullOutcome.Complete(), now);
    assertThat(actions())
        .containsExactly(new PullAction.Complete(a), new PullAction.Start(c, 1, 2, "two:1", 0));
  }

  @Test
  void shouldPreferLessBusySourceWhenThereAreSeveral() {
    start(a, 10, 2);
    table.want(b, 10, List.of(2, 3));
    actions();
    table.roomGranted(b, now);
    assertThat(actions()).containsExactly(new PullAction.Start(b, 1, 3, "three:1", 0));
  }

  @Test
  void shouldGiveUpWhenRoomIsRefused() {
    table.want(a, 10, List.of(2));
    actions();
    table.roomRefused(a);
    assertThat(actions()).isEmpty();
    assertIdle();
  }

  private void start(ObjectKey key, long sizeBytes, Integer... nodes) {
    table.want(key, sizeBytes, List.of(nodes));
    table.roomGranted(key, now);
    assertThat(actions()).hasSize(2);
  }

  private void fail(ObjectKey key, int attempt, long receivedBytes) {
    table.transferEnded(key, attempt, new PullOutcome.Failed("broken", receivedBytes), now);
  }

  private void advanceTo(long time) {
    now = time;
    table.onTime(now);
  }

  private List<PullAction> actions() {
    List<PullAction> actions = new ArrayList<>();
    for (PullAction action = table.poll(); action != null; action = table.poll()) {
      actions.add(action);
    }
    return actions;
  }

  private void assertIdle() {
    assertThat(table.size()).isZero();
    assertThat(table.bytesInFlight()).isZero();
    assertThat(table.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  private static void assertLost(PullAction action, String... reasons) {
    assertThat(action).isInstanceOf(PullAction.Lose.class);
    assertThat(((PullAction.Lose) action).reason()).contains(reasons);
  }
}
