package io.mobula.raylet.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LeaseTableTest {
  private static final long RAYLET = ProcessAddress.of(1, 0);
  private static final long OTHER_RAYLET = ProcessAddress.of(2, 0);
  private static final long OWNER = ProcessAddress.of(1, 1);
  private static final long WORKER = ProcessAddress.of(1, 2);
  private static final long SECOND = 1_000_000_000L;

  private final RecordingEffects effects = new RecordingEffects();
  private final LeaseTable table = new LeaseTable(RAYLET, "here", cpus(4), effects);
  private long nextRequest = 1;
  private long nowNanos;

  @AfterEach
  void check() {
    table.check();
  }

  @Test
  void shouldAskForSlotThenGrantWhenResourcesAreFree() {
    LeaseRequest request = ask(1);
    assertThat(effects.take()).containsExactly("slot wanted 1");
    assertThat(table.available()).isEqualTo(cpus(3));
    table.slotReady(1, WORKER);
    assertThat(effects.granted).containsEntry(1L, request);
  }

  @Test
  void shouldQueueWhenResourcesAreTakenAndServeInOrderWhenTheyComeBack() {
    ask(4);
    table.slotReady(1, WORKER);
    ask(4);
    ask(4);
    assertThat(table.waitingCount()).isEqualTo(2);
    effects.take();
    table.returned(OWNER, 1);
    assertThat(effects.take()).containsExactly("revoked 1");
    table.closed(WORKER, 1, nowNanos);
    assertThat(effects.take()).containsExactly("slot released 1", "slot wanted 2");
  }

  @Test
  void shouldAnswerAgainWhenGrantedRequestIsRepeated() {
    LeaseRequest request = ask(1);
    table.request(request, nowNanos);
    table.slotReady(1, WORKER);
    table.request(request, nowNanos);
    assertThat(effects.take()).containsExactly("slot wanted 1", "granted 1", "granted 1");
  }

  @Test
  void shouldTellTheHolderWhenItsWorkerDies() {
    ask(1);
    table.slotReady(1, WORKER);
    effects.take();
    table.processDied(WORKER, nowNanos);
    assertThat(effects.take()).containsExactly("slot released 1", "ended 1");
    table.processDied(WORKER, nowNanos);
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldTellTheHolderWhenTheWorkerClosesTheLeaseByItself() {
    ask(1);
    table.slotReady(1, WORKER);
    effects.take();
    table.closed(WORKER, 1, nowNanos);
    assertThat(effects.take()).containsExactly("slot released 1", "ended 1");
  }

  @Test
  void shouldTellNobodyWhenTheLeaseWasGivenBackBeforeItsWorkerDied() {
    ask(1);
    table.slotReady(1, WORKER);
    table.returned(OWNER, 1);
    effects.take();
    table.processDied(WORKER, nowNanos);
    assertThat(effects.take()).containsExactly("slot released 1");
  }

  @Test
  void shouldIgnoreRepeatedRequestWhenItsLeaseHasEnded() {
    LeaseRequest request = ask(1);
    table.slotReady(1, WORKER);
    table.returned(OWNER, 1);
    table.closed(WORKER, 1, nowNanos);
    effects.take();
    table.request(request, nowNanos);
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldNameRequestAndLargestNodeWhenNothingCanEverFit() {
    table.clusterChanged(List.of(node(2, cpus(8), cpus(8))), nowNanos);
    ask(64);
    assertThat(effects.take()).isEmpty();
    refuseWhatNoNodeCanRun();
    Failure failure = effects.refused.values().iterator().next();
    assertThat(failure.getKind()).isEqualTo(FailureKind.UNSCHEDULABLE);
    assertThat(failure.getMessage())
        .contains("name=task", "CPU=64", "host-2", "CPU=8", "--num-cpus");
  }

  @Test
  void shouldSayForPeopleWhatIsMissingAndWhatToDoWhenNothingCanEverFit() {
    ResourceSet has = ResourceSet.of(ResourceSet.MEMORY, 7_340_031_999L * ResourceSet.UNIT);
    table.clusterChanged(List.of(node(2, has, has)), nowNanos);
    ResourceSet wanted = ResourceSet.of(ResourceSet.MEMORY, (8L << 30) * ResourceSet.UNIT);
    table.request(
        new LeaseRequest(OWNER, nextRequest++, 1, wanted, LeaseKind.SHARED, false, "task"),
        nowNanos);
    refuseWhatNoNodeCanRun();
    assertThat(effects.refused.values().iterator().next().getMessage())
        .contains(
            "asks for memory=8GiB;",
            "has memory=6.84GiB (7340031999 bytes) in all",
            "memoryBytes",
            "Mobula.init",
            "mobula start");
  }

  @Test
  void shouldSendToNodeThatJoinsJustAfterTheRequest() {
    table.clusterChanged(List.of(), nowNanos);
    ask(8);
    nowNanos = table.nextDeadlineNanos() - 1;
    table.onTime(nowNanos);
    assertThat(effects.take()).isEmpty();
    table.clusterChanged(List.of(node(2, cpus(8), cpus(8))), nowNanos);
    assertThat(effects.take()).containsExactly("spilled 1 to 2");
    assertThat(table.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldWaitForClusterViewBeforeRefusing() {
    ask(8);
    assertThat(effects.take()).isEmpty();
    table.clusterChanged(List.of(node(2, cpus(8), cpus(8))), nowNanos);
    assertThat(effects.take()).containsExactly("spilled 1 to 2");
  }

  @Test
  void shouldSpillWhenItDoesNotFitHereNowButElsewhere() {
    table.clusterChanged(List.of(node(2, cpus(4), cpus(1))), nowNanos);
    ask(4);
    ask(1);
    ask(1);
    assertThat(effects.take()).containsExactly("slot wanted 1", "spilled 2 to 2");
    assertThat(table.waitingCount()).isEqualTo(1);
  }

  @Test
  void shouldPackHereUntilHalfIsUsedThenSpread() {
    table.clusterChanged(List.of(node(2, cpus(4), cpus(4))), nowNanos);
    for (int i = 0; i < 6; i++) {
      ask(1);
    }
    assertThat(effects.take())
        .containsExactly(
            "slot wanted 1",
            "slot wanted 2",
            "spilled 3 to 2",
            "spilled 4 to 2",
            "slot wanted 5",
            "spilled 6 to 2");
  }

  @Test
  void shouldNotSpillAgainWhenAnotherRayletChoseThisNode() {
    table.clusterChanged(List.of(node(2, cpus(4), cpus(4))), nowNanos);
    ask(4);
    table.request(new LeaseRequest(OWNER, 2, 1, cpus(1), LeaseKind.SHARED, true, "t"), nowNanos);
    assertThat(table.waitingCount()).isEqualTo(1);
    table.request(new LeaseRequest(OWNER, 3, 1, cpus(5), LeaseKind.SHARED, true, "t"), nowNanos);
    refuseWhatNoNodeCanRun();
    assertThat(effects.refused).hasSize(1);
  }

  @Test
  void shouldSendOnWhenAnotherRayletChoseThisNodeAndTheHeadKnowsOfAFreeOne() {
    table.clusterChanged(List.of(node(2, cpus(4), cpus(4))), nowNanos);
    ask(4);
    table.request(new LeaseRequest(OWNER, 2, 1, cpus(1), LeaseKind.SHARED, true, "t"), nowNanos);
    table.request(new LeaseRequest(OWNER, 3, 1, cpus(1), LeaseKind.ACTOR, true, "a"), nowNanos);
    effects.take();
    table.clusterChanged(List.of(node(2, cpus(4), cpus(0))), nowNanos);
    assertThat(effects.take()).isEmpty();
    table.clusterChanged(List.of(node(2, cpus(4), cpus(4))), nowNanos);
    assertThat(effects.take()).containsExactly("spilled 2 to 2");
    assertThat(table.waitingCount()).isEqualTo(1);
  }

  @Test
  void shouldSpillWaitingRequestWhenAnotherNodeBecomesFree() {
    table.clusterChanged(List.of(node(2, cpus(4), cpus(0))), nowNanos);
    ask(4);
    ask(2);
    effects.take();
    table.clusterChanged(List.of(node(2, cpus(4), cpus(2))), nowNanos);
    assertThat(effects.take()).containsExactly("spilled 2 to 2");
  }

  @Test
  void shouldRefuseWaitingRequestWhenTheOnlyNodeThatCouldRunItDies() {
    LeaseRequest big = new LeaseRequest(OWNER, 9, 1, cpus(8), LeaseKind.SHARED, false, "t");
    table.clusterChanged(List.of(), nowNanos);
    table.request(big, nowNanos);
    refuseWhatNoNodeCanRun();
    assertThat(effects.refused).containsKey(big);
  }

  @Test
  void shouldLetSmallRequestsPassOnlyForWhileWhenBigOneWaits() {
    ask(2);
    table.slotReady(1, WORKER);
    ask(3);
    ask(1);
    assertThat(effects.take()).contains("slot wanted 3");
    nowNanos += SECOND;
    ask(1);
    assertThat(effects.take()).isEmpty();
    table.returned(OWNER, 1);
    table.closed(WORKER, 1, nowNanos);
    assertThat(effects.take()).containsSubsequence("slot released 1", "slot wanted 2");
  }

  @Test
  void shouldFreeOnlyCpuWhenTaskBlocks() {
    ResourceSet wanted = cpus(4).plus(ResourceSet.of("disk", 10_000));
    LeaseTable own =
        new LeaseTable(RAYLET, "here", cpus(4).plus(ResourceSet.of("disk", 10_000)), effects);
    own.request(new LeaseRequest(OWNER, 1, 1, wanted, LeaseKind.SHARED, false, "t"), 0);
    own.slotReady(1, WORKER);
    own.blocked(WORKER, 1, true, 0);
    own.blocked(WORKER, 1, true, 0);
    assertThat(own.available()).isEqualTo(cpus(4));
    own.request(new LeaseRequest(OWNER, 2, 1, cpus(4), LeaseKind.SHARED, false, "t"), 0);
    own.slotReady(2, WORKER);
    own.blocked(WORKER, 1, false, 0);
    assertThat(own.available()).isEqualTo(cpus(-4));
    own.request(new LeaseRequest(OWNER, 3, 1, cpus(1), LeaseKind.SHARED, false, "t"), 0);
    assertThat(own.waitingCount()).isEqualTo(1);
    own.closed(WORKER, 2, 0);
    assertThat(own.waitingCount()).isEqualTo(1);
    own.closed(WORKER, 1, 0);
    assertThat(own.waitingCount()).isZero();
    own.check();
  }

  @Test
  void shouldFreeLeasesWhenTheirWorkerDies() {
    ask(4);
    table.slotReady(1, WORKER);
    table.processDied(WORKER, nowNanos);
    assertThat(table.available()).isEqualTo(cpus(4));
    assertThat(table.heldCount()).isZero();
  }

  @Test
  void shouldRevokeGrantedAndDropWaitingRequestsWhenRequesterDies() {
    ask(3);
    table.slotReady(1, WORKER);
    ask(1);
    ask(4);
    effects.take();
    table.processDied(OWNER, nowNanos);
    assertThat(effects.take()).containsExactly("revoked 1", "slot released 2");
    assertThat(table.waitingCount()).isZero();
    table.closed(WORKER, 1, nowNanos);
    assertThat(table.available()).isEqualTo(cpus(4));
  }

  @Test
  void shouldRevokeLeasesWhenNodeOfRequesterDies() {
    long far = ProcessAddress.of(2, 7);
    table.request(new LeaseRequest(far, 1, 1, cpus(1), LeaseKind.SHARED, true, "t"), nowNanos);
    table.slotReady(1, WORKER);
    effects.take();
    table.processDied(OTHER_RAYLET, nowNanos);
    assertThat(effects.take()).containsExactly("revoked 1");
  }

  @Test
  void shouldWithdrawWhenCancelledButNotWhatWasGranted() {
    ask(2);
    table.slotReady(1, WORKER);
    ask(2);
    ask(2);
    effects.take();
    table.cancel(OWNER, List.of(1L, 2L, 3L, 99L), nowNanos);
    assertThat(effects.take()).containsExactly("slot released 2");
    assertThat(table.waitingCount()).isZero();
    assertThat(table.available()).isEqualTo(cpus(2));
  }

  @Test
  void shouldRefuseRequestsWhenTheirJobHasEnded() {
    ask(4);
    ask(4);
    table.jobEnded(1, nowNanos);
    assertThat(effects.refused).hasSize(2);
    ask(1);
    assertThat(effects.refused.values())
        .hasSize(3)
        .extracting(Failure::getKind)
        .containsOnly(FailureKind.SESSION_CLOSED);
    assertThat(table.available()).isEqualTo(cpus(4));
  }

  @Test
  void shouldRefuseWhenNoSlotCanBeMade() {
    ask(4);
    ask(4);
    effects.take();
    table.slotFailed(1, FailureKind.WORKER_START_FAILED, "no java", nowNanos);
    assertThat(effects.take()).containsExactly("refused 1", "slot wanted 2");
  }

  @Test
  void shouldIgnoreStrangersWhenTheySpeakOfLease() {
    ask(1);
    table.slotReady(1, WORKER);
    table.returned(WORKER, 1);
    table.closed(OWNER, 1, nowNanos);
    table.blocked(OWNER, 1, true, nowNanos);
    table.closed(WORKER, 77, nowNanos);
    assertThat(table.heldCount()).isEqualTo(1);
    assertThat(effects.closing).isEmpty();
  }

  @Test
  void shouldGrantWhenNothingIsAskedForEvenIfOverCommitted() {
    ask(4);
    table.request(
        new LeaseRequest(0, 5, 1, ResourceSet.NONE, LeaseKind.ACTOR, false, "Actor"), nowNanos);
    assertThat(effects.take()).containsExactly("slot wanted 1", "slot wanted 5");
  }

  @Test
  void shouldRejectUnlistedTransitions() {
    for (LeaseState state : LeaseState.values()) {
      for (LeaseState.Event event : LeaseState.Event.values()) {
        LeaseState next = LISTED.getOrDefault(state, Map.of()).get(event);
        if (next != null) {
          assertThat(state.after(event)).isEqualTo(next);
        } else {
          assertThatThrownBy(() -> state.after(event))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining(state + ", event=" + event);
        }
      }
    }
  }

  private static final Map<LeaseState, Map<LeaseState.Event, LeaseState>> LISTED =
      Map.of(
          LeaseState.QUEUED,
          Map.of(
              LeaseState.Event.RESERVED, LeaseState.STARTING,
              LeaseState.Event.LEFT, LeaseState.ENDED),
          LeaseState.STARTING,
          Map.of(
              LeaseState.Event.PLACED, LeaseState.GRANTED,
              LeaseState.Event.LEFT, LeaseState.ENDED),
          LeaseState.GRANTED,
          Map.of(
              LeaseState.Event.RETURNED, LeaseState.CLOSING,
              LeaseState.Event.CLOSED, LeaseState.ENDED,
              LeaseState.Event.WORKER_DIED, LeaseState.ENDED),
          LeaseState.CLOSING,
          Map.of(
              LeaseState.Event.CLOSED, LeaseState.ENDED,
              LeaseState.Event.WORKER_DIED, LeaseState.ENDED));

  private void refuseWhatNoNodeCanRun() {
    nowNanos = table.nextDeadlineNanos();
    table.onTime(nowNanos);
  }

  private LeaseRequest ask(int cpus) {
    LeaseRequest request =
        new LeaseRequest(OWNER, nextRequest++, 1, cpus(cpus), LeaseKind.SHARED, false, "task");
    table.request(request, nowNanos);
    return request;
  }

  private static ResourceSet cpus(long count) {
    return new ResourceSet(new TreeMap<>(Map.of(ResourceSet.CPU, count * ResourceSet.UNIT)));
  }

  private static NodeView node(int number, ResourceSet total, ResourceSet available) {
    return new NodeView(ProcessAddress.of(number, 0), "host-" + number, total, available);
  }
}
