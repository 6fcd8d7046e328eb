package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pull table with virtual time: sources that fail, vanish, die and are busy. */
final class PullTableTest {
  private static final int SELF = 1;
  private static final long OWNER = ProcessAddress.of(9, 1);
  private static final long STAMP = 77;
  private static final PullConfig CONFIG =
      new PullConfig(
          100, 40, 2, 2, 2, Duration.ofNanos(100), Duration.ofNanos(10), Duration.ofNanos(15));

  private final PullTable table = new PullTable(SELF, CONFIG);
  private final ObjectKey a = new ObjectKey(OWNER, 1);
  private final ObjectKey b = new ObjectKey(OWNER, 2);
  private final ObjectKey c = new ObjectKey(OWNER, 3);
  private final List<ObjectKey> askedOwners = new ArrayList<>();
  private long now;

  @BeforeEach
  void addNodes() {
    table.nodeAdded(2, "two:1");
    table.nodeAdded(3, "three:1");
    table.nodeAdded(4, "four:1");
  }

  @Test
  void shouldReserveTransferAndCompleteWhenSourceIsGood() {
    table.want(a, 10, List.of(2), now);
    assertThat(actions()).containsExactly(new PullAction.Reserve(a, 10));
    table.roomGranted(a, now);
    assertThat(actions()).containsExactly(start(a, 1, 2, 0, 10, 0));
    assertThat(table.bytesInFlight()).isEqualTo(10);
    complete(a, 1);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  @Test
  void shouldPullOnceWhenWantedTwice() {
    start(a, 10, 2);
    table.want(a, 10, List.of(3), now);
    assertThat(actions()).isEmpty();
    fail(a, 1);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
  }

  @Test
  void shouldTryOtherSourceWhenSourceBreaks() {
    start(a, 10, 2, 3);
    fail(a, 1);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
  }

  @Test
  void shouldPauseBeforeSameSourceIsTriedAgain() {
    start(a, 10, 2);
    fail(a, 1);
    assertThat(actions()).isEmpty();
    assertThat(table.nextTimeNanos()).isEqualTo(now + 10);
    advanceTo(now + 9);
    assertThat(actions()).isEmpty();
    advanceTo(now + 1);
    assertThat(actions()).containsExactly(start(a, 2, 2, 0, 10, 0));
  }

  @Test
  void shouldTakePartsFromSeveralSourcesAtOnce() {
    table.want(a, 100, List.of(2, 3, 4), now);
    table.roomGranted(a, now);
    // Node 1 begins in the second of three parts; each source in use may give two.
    assertThat(actions().subList(1, 4))
        .containsExactly(
            start(a, 1, 2, 40, 40, 0), start(a, 2, 3, 80, 20, 0), start(a, 3, 2, 0, 40, 0));
    complete(a, 2);
    complete(a, 1);
    assertThat(actions()).isEmpty();
    complete(a, 3);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  @Test
  void shouldGivePartsOfDeadSourceToOthersAndKeepWhatHasCome() {
    table.want(a, 100, List.of(2, 3), now);
    table.roomGranted(a, now);
    actions();
    complete(a, 1);
    table.nodeDied(2, now);
    assertThat(actions()).containsExactly(new PullAction.Cancel(a, 3));
    fail(a, 3);
    assertThat(actions()).containsExactly(start(a, 4, 3, 0, 40, STAMP));
    complete(a, 2);
    complete(a, 4);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
  }

  @Test
  void shouldFetchCorruptPartFromOtherSource() {
    start(a, 10, 2, 3);
    table.transferEnded(a, 1, new PullOutcome.Corrupt("checksum"), now);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
    assertThat(table.corruptParts()).isEqualTo(1);
  }

  @Test
  void shouldNotMixCopiesWhenTheirStampsDiffer() {
    table.want(a, 80, List.of(2, 3), now);
    table.roomGranted(a, now);
    actions();
    complete(a, 1);
    table.transferEnded(
        a, 2, new PullOutcome.Complete(SourceReport.whole(STAMP + 1, List.of())), now);
    assertThat(actions()).containsExactly(start(a, 3, 2, 0, 40, STAMP));
  }

  @Test
  void shouldStartOverWhenOnlyAnotherCopyIsLeft() {
    table.want(a, 80, List.of(2), now);
    table.roomGranted(a, now);
    actions();
    complete(a, 1);
    table.want(a, 80, List.of(3), now);
    table.nodeDied(2, now);
    fail(a, 2);
    table.transferEnded(a, 3, new PullOutcome.OtherCopy(), now);
    assertThat(actions()).last().isEqualTo(new PullAction.StartOver(a));
    table.startOver(a, now);
    assertThat(actions()).containsExactly(start(a, 4, 3, 40, 40, 0), start(a, 5, 3, 0, 40, 0));
  }

  @Test
  void shouldStartOverWhenOnlyAnotherCopyCanBeReached() {
    breakCopyThatHasBegun();
    assertThat(actions()).last().isEqualTo(new PullAction.StartOver(a));
    table.startOver(a, now);
    assertThat(actions()).containsExactly(start(a, 6, 3, 40, 40, 0), start(a, 7, 3, 0, 40, 0));
  }

  @Test
  void shouldGoOnWithItsCopyWhenThatIsReadAndOnlyAnotherCanBeReached() {
    breakCopyThatHasBegun();
    assertThat(actions()).last().isEqualTo(new PullAction.StartOver(a));
    table.cannotStartOver(a);
    assertThat(actions()).isEmpty();
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).containsExactly(start(a, 6, 2, 0, 40, STAMP));
    complete(a, 6);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  /** Half of node 2's copy came, then node 2 is out of reach, and node 3 has another copy. */
  private void breakCopyThatHasBegun() {
    table.want(a, 80, List.of(2), now);
    table.roomGranted(a, now);
    actions();
    complete(a, 1);
    fail(a, 2);
    table.want(a, 80, List.of(3), now);
    table.transferEnded(a, 3, new PullOutcome.OtherCopy(), now);
    advanceTo(table.nextTimeNanos());
    fail(a, 4);
    assertThat(actions()).noneMatch(action -> action instanceof PullAction.StartOver);
    advanceTo(table.nextTimeNanos());
    fail(a, 5);
  }

  @Test
  void shouldAskReadersThatSourceNames() {
    table.want(a, 200, List.of(2), now);
    table.roomGranted(a, now);
    assertThat(actions()).hasSize(3);
    table.transferEnded(
        a, 1, new PullOutcome.Complete(SourceReport.whole(STAMP, List.of(3, SELF))), now);
    assertThat(actions())
        .extracting(action -> ((PullAction.Start) action).node())
        .containsExactly(3, 2, 3);
  }

  @Test
  void shouldAskNobodyElseWhenWholeSourceIsOnThisMachine() {
    table.want(a, 400, List.of(2), now);
    table.roomGranted(a, now);
    actions();
    copied(a, 1, SourceReport.whole(STAMP, List.of(3, 4)));
    copied(a, 2, SourceReport.whole(STAMP, List.of(3, 4)));
    assertThat(actions())
        .extracting(action -> ((PullAction.Start) action).node())
        .containsExactly(2, 2);
  }

  @Test
  void shouldAskOthersWhenSourceOnThisMachineFails() {
    table.want(a, 400, List.of(2), now);
    table.roomGranted(a, now);
    actions();
    copied(a, 1, SourceReport.whole(STAMP, List.of(3)));
    actions();
    fail(a, 2);
    assertThat(actions())
        .extracting(action -> ((PullAction.Start) action).node())
        .containsExactly(3, 3);
    advanceTo(now + 10);
    complete(a, 3);
    assertThat(actions())
        .extracting(action -> ((PullAction.Start) action).node())
        .containsExactly(2, 2);
  }

  @Test
  void shouldAskOthersTooWhenSourceOnThisMachinePullsItself() {
    table.want(a, 400, List.of(2), now);
    table.roomGranted(a, now);
    actions();
    copied(a, 1, partial(~0L, List.of(3)));
    assertThat(actions())
        .extracting(action -> ((PullAction.Start) action).node())
        .containsExactly(3, 2, 3);
  }

  @Test
  void shouldAskSourceThatPullsItselfOnlyForWhatItHasAndLaterAgain() {
    start(a, 80, 2);
    table.want(a, 80, List.of(3), now);
    absent(a, 1, 0b10);
    absent(a, 2, 0b10);
    assertThat(actions()).contains(start(a, 3, 3, 40, 40, 0)).hasSize(2);
  }

  @Test
  void shouldLoseObjectWhenSourcesThatPullItselfGetNothingMore() {
    start(a, 10, 2);
    int attempts = 0;
    while (table.isPulling(a)) {
      absent(a, ++attempts, 0);
      advanceTo(table.nextTimeNanos());
      actions();
    }
    assertThat(attempts).isBetween(5, 30);
    assertIdle();
  }

  @Test
  void shouldNotAskAgainWhenSourceHasNoSuchObject() {
    start(a, 10, 2, 3);
    table.transferEnded(a, 1, new PullOutcome.Missing("not here"), now);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
    table.transferEnded(a, 2, new PullOutcome.Missing("nor here"), now);
    assertThat(actions())
        .singleElement()
        .satisfies(lost -> assertLost(lost, "not here", "nor here"));
    assertIdle();
  }

  @Test
  void shouldGoOnForAGraceAndThenDoWithoutWhenSourceCannotBeReached() {
    start(a, 10, 2);
    int attempts = 0;
    List<PullAction> last = List.of();
    while (table.isPulling(a)) {
      assertThat(now).isLessThanOrEqualTo(115);
      fail(a, ++attempts);
      last = actions();
      if (table.isPulling(a)) {
        assertThat(last).isEmpty();
        advanceTo(table.nextTimeNanos());
        assertThat(actions()).containsExactly(start(a, attempts + 1, 2, 0, 10, 0));
      }
    }
    assertThat(now).isGreaterThanOrEqualTo(100);
    assertThat(attempts).isEqualTo(8);
    assertThat(last)
        .singleElement()
        .isInstanceOfSatisfying(
            PullAction.DoWithout.class,
            action -> assertThat(action.reason()).contains("node 2: broken"));
    assertIdle();
  }

  @Test
  void shouldHaveAnotherGraceWhenWantedAgain() {
    start(a, 10, 2);
    now = 200;
    fail(a, 1);
    assertThat(actions()).singleElement().isInstanceOf(PullAction.DoWithout.class);
    start(a, 10, 2);
    fail(a, 1);
    advanceTo(table.nextTimeNanos());
    complete(a, 2);
    assertThat(actions()).contains(new PullAction.Complete(a, STAMP));
  }

  @Test
  void shouldCountTheGraceFromTheLastPartThatCame() {
    start(a, 80, 2);
    now = 90;
    complete(a, 1);
    now = 150;
    fail(a, 2);
    assertThat(table.isPulling(a)).isTrue();
    advanceTo(table.nextTimeNanos());
    actions();
    now = 190;
    fail(a, 3);
    assertThat(actions()).singleElement().isInstanceOf(PullAction.DoWithout.class);
  }

  @Test
  void shouldAskOwnerForOtherNodesWhileNoSourceCanBeReached() {
    start(a, 10, 2);
    fail(a, 1);
    actions();
    assertThat(askedOwners).containsExactly(a);
    table.foundElsewhere(a, 0, List.of(2, 3), now);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
    complete(a, 2);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    table.foundElsewhere(a, 0, List.of(4), now);
    assertThat(actions()).isEmpty();
    assertIdle();
  }

  @Test
  void shouldAskOwnerAgainAfterAPauseButNotEachTime() {
    start(a, 10, 2);
    for (int attempt = 1; attempt <= 4; attempt++) {
      fail(a, attempt);
      actions();
      advanceTo(table.nextTimeNanos());
    }
    // At 0, 25 and 40, not at 10.
    assertThat(askedOwners).hasSize(3);
  }

  @Test
  void shouldSendReadersToOwnerWhenItsObjectIsAnotherAttemptsByNow() {
    start(a, 10, 2);
    fail(a, 1);
    actions();
    table.foundElsewhere(a, 1, List.of(3), now);
    assertThat(actions()).singleElement().isInstanceOf(PullAction.Lose.class);
    assertIdle();
  }

  @Test
  void shouldNotDoWithoutWhenASourceIsOnlyBusy() {
    start(a, 10, 2);
    int attempts = 0;
    for (int round = 0; round < 50; round++) {
      table.transferEnded(a, ++attempts, new PullOutcome.Busy(), now);
      assertThat(actions()).isEmpty();
      assertThat(table.nextTimeNanos()).isBetween(now + 10, now + 15);
      advanceTo(table.nextTimeNanos());
      assertThat(actions()).hasSize(1);
    }
    assertThat(askedOwners).isEmpty();
    complete(a, ++attempts);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
  }

  @Test
  void shouldLetOthersGoFirstWhenSourceCannotBeReached() {
    start(a, 60, 2);
    table.want(b, 60, List.of(3), now);
    fail(a, 1);
    fail(a, 2);
    assertThat(actions()).isEmpty();
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).hasSize(2);
    fail(a, 3);
    fail(a, 4);
    assertThat(actions()).containsExactly(new PullAction.GiveUp(a), new PullAction.Reserve(b, 60));
    assertThat(table.bytesInFlight()).isEqualTo(60);
    table.roomGranted(b, now);
    actions();
    complete(b, 1);
    complete(b, 2);
    assertThat(actions())
        .containsExactly(new PullAction.Reserve(a, 60), new PullAction.Complete(b, STAMP));
    table.roomGranted(a, now);
    advanceTo(Math.min(table.nextTimeNanos(), now + 15));
    complete(a, 5);
    complete(a, 6);
    assertThat(actions()).endsWith(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  @Test
  void shouldDropWhatStoodBackWhenNobodyWantsItAnyMore() {
    start(a, 60, 2);
    table.want(b, 60, List.of(3), now);
    now = 20;
    fail(a, 1);
    fail(a, 2);
    assertThat(actions()).containsExactly(new PullAction.GiveUp(a), new PullAction.Reserve(b, 60));
    table.drop(a);
    assertThat(actions()).isEmpty();
    assertThat(table.isPulling(a)).isFalse();
  }

  @Test
  void shouldLoseObjectAtOnceWhenNoNodeHasIt() {
    table.want(a, 10, List.of(SELF), now);
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "no node has a copy"));
    table.nodeDied(2, now);
    table.want(b, 10, List.of(2), now);
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "node 2: node died"));
    assertIdle();
  }

  @Test
  void shouldWaitForNodeWhenItIsNotKnownYet() {
    table.want(a, 10, List.of(7), now);
    actions();
    table.roomGranted(a, now);
    assertThat(actions()).isEmpty();
    table.nodeAdded(7, "seven:1");
    advanceTo(table.nextTimeNanos());
    assertThat(actions()).containsExactly(new PullAction.Start(a, 1, 0, 7, "seven:1", 0, 10, 0));
  }

  @Test
  void shouldReplaceSourceWhenItsNodeDiesDuringTransfer() {
    start(a, 10, 2, 3);
    table.nodeDied(2, now);
    assertThat(actions()).containsExactly(new PullAction.Cancel(a, 1));
    fail(a, 1);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
  }

  @Test
  void shouldLoseObjectWhenLastSourceDiesDuringPause() {
    start(a, 10, 2);
    fail(a, 1);
    table.nodeDied(2, now);
    assertThat(actions()).singleElement().satisfies(lost -> assertLost(lost, "node died"));
    assertIdle();
  }

  @Test
  void shouldLoseObjectWhenLastSourceDiesBeforeThereIsRoom() {
    table.want(a, 10, List.of(2), now);
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
    fail(a, 1);
    assertThat(actions()).containsExactly(new PullAction.GiveUp(a));
    assertIdle();
  }

  @Test
  void shouldCompleteWhenCancellationComesTooLate() {
    start(a, 10, 2);
    table.drop(a);
    actions();
    complete(a, 1);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  @Test
  void shouldGoOnWhenWantedAgainDuringCancellation() {
    start(a, 10, 2, 3);
    table.drop(a);
    table.want(a, 10, List.of(2), now);
    actions();
    fail(a, 1);
    assertThat(actions()).containsExactly(start(a, 2, 3, 0, 10, 0));
  }

  @Test
  void shouldAdmitInOrderWhenBytesInFlightAreLimited() {
    start(a, 60, 2);
    table.want(b, 60, List.of(2), now);
    table.want(c, 10, List.of(2), now);
    assertThat(actions()).isEmpty();
    complete(a, 1);
    complete(a, 2);
    assertThat(actions())
        .containsExactly(
            new PullAction.Reserve(b, 60),
            new PullAction.Reserve(c, 10),
            new PullAction.Complete(a, STAMP));
  }

  @Test
  void shouldPullAloneWhenObjectExceedsBytesInFlight() {
    table.want(a, 1000, List.of(2), now);
    assertThat(actions()).containsExactly(new PullAction.Reserve(a, 1000));
  }

  @Test
  void shouldForgetQueuedPullWhenDropped() {
    start(a, 60, 2);
    table.want(b, 60, List.of(2), now);
    table.drop(b);
    assertThat(table.isPulling(b)).isFalse();
    complete(a, 1);
    complete(a, 2);
    assertThat(actions()).containsExactly(new PullAction.Complete(a, STAMP));
    assertIdle();
  }

  @Test
  void shouldWaitForFreeTransferWhenSourceIsBusy() {
    start(a, 10, 2);
    start(b, 10, 2);
    table.want(c, 10, List.of(2), now);
    actions();
    table.roomGranted(c, now);
    assertThat(actions()).isEmpty();
    complete(a, 1);
    assertThat(actions())
        .containsExactly(new PullAction.Complete(a, STAMP), start(c, 1, 2, 0, 10, 0));
  }

  @Test
  void shouldPreferLessBusySourceWhenThereAreSeveral() {
    start(a, 10, 2);
    table.want(b, 10, List.of(2, 3), now);
    actions();
    table.roomGranted(b, now);
    assertThat(actions()).containsExactly(start(b, 1, 3, 0, 10, 0));
  }

  @Test
  void shouldGiveUpWhenRoomIsRefused() {
    table.want(a, 10, List.of(2), now);
    actions();
    table.roomRefused(a);
    assertThat(actions()).isEmpty();
    assertIdle();
  }

  private static PullAction start(
      ObjectKey key, int attempt, int node, long firstByte, long lengthBytes, long stamp) {
    String address = List.of("two:1", "three:1", "four:1").get(node - 2);
    return new PullAction.Start(key, attempt, 0, node, address, firstByte, lengthBytes, stamp);
  }

  /** Wants, reserves and starts. */
  private void start(ObjectKey key, long sizeBytes, Integer... nodes) {
    table.want(key, sizeBytes, List.of(nodes), now);
    table.roomGranted(key, now);
    assertThat(actions()).hasSize(1 + (int) Math.ceilDiv(sizeBytes, CONFIG.partBytes()));
  }

  private void complete(ObjectKey key, int attempt) {
    table.transferEnded(
        key, attempt, new PullOutcome.Complete(SourceReport.whole(STAMP, List.of())), now);
  }

  private void absent(ObjectKey key, int attempt, long parts) {
    table.transferEnded(key, attempt, new PullOutcome.Absent(partial(parts, List.of())), now);
  }

  private void copied(ObjectKey key, int attempt, SourceReport report) {
    table.transferEnded(key, attempt, new PullOutcome.Complete(report, true), now);
  }

  private static SourceReport partial(long parts, List<Integer> readers) {
    BitSet present = BitSet.valueOf(new long[] {parts});
    return new SourceReport(
        STAMP, Optional.of(new SourceReport.Parts(CONFIG.partBytes(), present)), readers);
  }

  private void fail(ObjectKey key, int attempt) {
    table.transferEnded(key, attempt, new PullOutcome.Failed("broken"), now);
  }

  private void advanceTo(long time) {
    now = time;
    table.onTime(now);
  }

  private List<PullAction> actions() {
    List<PullAction> actions = new ArrayList<>();
    for (PullAction action = table.poll(); action != null; action = table.poll()) {
      if (action instanceof PullAction.AskOwner(ObjectKey key)) {
        askedOwners.add(key);
      } else {
        actions.add(action);
      }
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
