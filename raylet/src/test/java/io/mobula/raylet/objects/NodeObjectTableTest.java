package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.LocationAdded;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.store.heap.PopulateResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The object table: one node's processes, its owners near and far, and its pulls. */
final class NodeObjectTableTest {
  private static final long W1 = ProcessAddress.of(ObjectTableFixture.NODE, 1);
  private static final long W2 = ProcessAddress.of(ObjectTableFixture.NODE, 2);
  private static final long LAPTOP = ProcessAddress.of(ObjectTableFixture.NODE, 3);
  private static final long FAR_OWNER = ProcessAddress.of(2, 5);
  private static final long FULL = ObjectTableFixture.CAPACITY_BYTES;
  private static final long HALF = FULL / 2;

  private final ObjectTableFixture node = new ObjectTableFixture();
  private final NodeObjectTable table = node.table;
  private final ObjectKey near = new ObjectKey(W1, 1);
  private final ObjectKey near2 = new ObjectKey(W1, 2);
  private final ObjectKey far = new ObjectKey(FAR_OWNER, 1);

  @BeforeEach
  void join() {
    table.clientJoined(W1, true);
    table.clientJoined(W2, true);
    table.clientJoined(LAPTOP, false);
    table.nodeAdded(2, "two:1", node.now);
    table.nodeAdded(3, "three:1", node.now);
  }

  @AfterEach
  void verify() {
    node.store.verify();
  }

  @Test
  void shouldAnswerWithOffsetWhenObjectIsCreatedSealedAndFetched() {
    table.create(W1, 7, near, 100, node.now);
    Packet created = packet();
    assertThat(created.getTo()).isEqualTo(W1);
    assertThat(created.getCorrelation()).isEqualTo(7);
    table.seal(W1, near, node.now);
    assertThat(node.effects()).isEmpty();
    table.fetch(W2, 8, ObjectTableFixture.stored(near, 100), FetchPurpose.GET, node.now);
    Packet available = packet();
    assertThat(available.getTo()).isEqualTo(W2);
    assertThat(available.getCorrelation()).isEqualTo(8);
    assertThat(available.getObjectAvailable().getSizeBytes()).isEqualTo(100);
    assertThat(available.getObjectAvailable().getOffset())
        .isEqualTo(created.getObjectCreated().getOffset());
  }

  @Test
  void shouldAnswerLaterWhenFetchComesBeforeSeal() {
    table.create(W1, 1, near, 100, node.now);
    node.effects();
    table.fetch(W2, 2, ObjectTableFixture.stored(near, 100), FetchPurpose.GET, node.now);
    assertThat(node.effects()).isEmpty();
    table.seal(W1, near, node.now);
    assertThat(packet().hasObjectAvailable()).isTrue();
  }

  @Test
  void shouldDeleteAtLastReleaseWhenFreedWhileHeld() {
    node.put(W1, near, 100);
    table.fetch(W2, 1, ObjectTableFixture.stored(near, 100), FetchPurpose.GET, node.now);
    table.fetch(W2, 2, ObjectTableFixture.stored(near, 100), FetchPurpose.GET, node.now);
    table.free(List.of(near), node.now);
    table.release(W2, near, node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
    table.release(W2, near, node.now);
    assertThat(table.usage().objects()).isZero();
  }

  @Test
  void shouldDeleteWhenHolderDiesAfterFree() {
    node.put(W1, near, 100);
    table.fetch(W2, 1, ObjectTableFixture.stored(near, 100), FetchPurpose.GET, node.now);
    table.free(List.of(near), node.now);
    table.processDied(W2, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldDeleteAtSealWhenFreedBefore() {
    table.create(W1, 1, near, 100, node.now);
    node.settle();
    table.free(List.of(near), node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
    table.seal(W1, near, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldDeleteWhatItOwnsAndWritesWhenProcessDies() {
    node.put(W1, near, 100);
    table.create(W1, 1, far, 100, node.now);
    node.put(W2, new ObjectKey(W2, 1), 100);
    table.processDied(W1, node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
  }

  @Test
  void shouldDeleteAllItsObjectsWhenNodeOfOwnersDies() {
    node.put(W1, far, 100);
    node.put(W2, new ObjectKey(ProcessAddress.of(2, 6), 1), 100);
    table.processDied(ProcessAddress.of(2, 0), node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldDeleteAtSealWhenOwnerDiedMeanwhile() {
    table.create(W1, 1, far, 100, node.now);
    node.settle();
    table.processDied(FAR_OWNER, node.now);
    table.seal(W1, far, node.now);
    assertThat(table.usage().usedBytes()).isZero();
    node.effects();
    table.create(W1, 2, far, 100, node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.OWNER_DIED);
    table.fetch(W1, 3, ObjectTableFixture.stored(far, 100, 3), FetchPurpose.GET, node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.OWNER_DIED);
  }

  @Test
  void shouldTellAnOwnerAgainOfWhatIsCompleteHereWhenItWasGivenUp() {
    ObjectKey freed = new ObjectKey(FAR_OWNER, 2);
    ObjectKey unsealed = new ObjectKey(FAR_OWNER, 3);
    ObjectKey neighbours = new ObjectKey(ProcessAddress.of(2, 6), 4);
    node.put(W1, near, 100);
    node.put(W1, far, 100);
    node.put(W1, neighbours, 100);
    node.put(W1, freed, 100);
    table.free(List.of(freed), node.now);
    table.create(W1, 1, unsealed, 100, node.now);
    node.settle();
    node.effects();

    table.tellAgain(FAR_OWNER);
    assertThat(toldAgain()).containsExactly(far);

    table.tellAgain(ProcessAddress.of(2, 0));
    assertThat(toldAgain()).containsExactly(far, neighbours);
  }

  private List<ObjectKey> toldAgain() {
    return node.effects().stream()
        .map(effect -> ((ObjectEffect.Send) effect).packet().getLocationAdded())
        .filter(LocationAdded::getPrimary)
        .map(added -> ObjectKey.of(added.getId()))
        .toList();
  }

  @Test
  void shouldWaitForRoomInOrderWhenStoreIsFull() {
    node.put(W1, near, FULL);
    node.effects();
    ObjectKey large = new ObjectKey(W2, 1);
    ObjectKey small = new ObjectKey(W2, 2);
    table.create(W2, 1, large, HALF + 1, node.now);
    table.create(W2, 2, small, 1, node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(table.usage().waitingCreates()).isEqualTo(2);
    table.free(List.of(near), node.now);
    assertThat(node.packets()).extracting(Packet::getCorrelation).containsExactly(1L, 2L);
  }

  @Test
  void shouldAskProcessesToLetGoOfOtherArgumentsWhenOneFindsNoRoom() {
    node.put(W1, near, FULL);
    table.fetch(W2, 1, ObjectTableFixture.stored(near, FULL), FetchPurpose.TASK_ARGUMENT, node.now);
    table.fetch(
        W1, 2, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.TASK_ARGUMENT, node.now);
    node.advance(Duration.ofNanos(CreateQueue.STARVING_NANOS - 1));
    node.settle();
    assertThat(node.yields).isEmpty();
    node.advance(Duration.ofNanos(1));
    node.settle();
    assertThat(node.yields).extracting(ObjectEffect.Send::to).contains(W1, W2);
    assertThat(node.yields)
        .allSatisfy(send ->
            assertThat(send.packet().getYieldArguments().getKeep()).isEqualTo(far.toProto()));
    node.yields.clear();

    node.advance(Duration.ofNanos(CreateQueue.YIELD_PAUSE_NANOS));
    node.settle();
    assertThat(node.yields).as("once more").hasSize(3);
    table.release(W2, near, node.now);
    table.free(List.of(near), node.now);
    node.settle();
    node.yields.clear();
    node.advance(Duration.ofSeconds(1));
    node.settle();
    assertThat(node.yields).isEmpty();
  }

  @Test
  void shouldAskProcessesToLetGoOfAllArgumentsWhenANewObjectFindsNoRoom() {
    node.put(W1, near, FULL);
    table.fetch(W2, 1, ObjectTableFixture.stored(near, FULL), FetchPurpose.TASK_ARGUMENT, node.now);
    table.create(W1, 2, near2, 10, node.now);
    node.advance(Duration.ofNanos(CreateQueue.STARVING_NANOS));
    node.settle();
    assertThat(node.yields)
        .hasSize(3)
        .allSatisfy(send -> assertThat(send.packet().getYieldArguments().hasKeep()).isFalse());
  }

  @Test
  void shouldFailAtOnceWhenObjectIsLargerThanStore() {
    table.create(W1, 1, near, FULL + 1, node.now);
    Failure failure = failure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.STORE_FULL);
    assertThat(failure.getMessage()).contains("sizeBytes=" + (FULL + 1), "capacityBytes=" + FULL);
  }

  @Test
  void shouldFailAndNameSizesHoldersAndOriginsWhenNothingIsFreedForLong() {
    table.noteCallSite(near, "App.main(App.java:7)");
    node.put(W1, near, FULL);
    table.fetch(W2, 1, ObjectTableFixture.stored(near, FULL), FetchPurpose.GET, node.now);
    node.effects();
    table.create(W1, 2, near2, 10, node.now);
    node.advance(Duration.ofSeconds(9));
    assertThat(node.effects()).isEmpty();
    node.advance(Duration.ofSeconds(1));
    Failure failure = failure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.STORE_FULL);
    assertThat(failure.getMessage())
        .contains("sizeBytes=10", "capacityBytes=" + FULL)
        .contains(near + " has " + FULL + " bytes", "made by process 1.1 at App.main(App.java:7)")
        .contains("process 1.2 holds " + FULL + " bytes");
    assertThat(table.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldKeepWaitingWhenOthersStillFree() {
    node.put(W1, near, HALF);
    node.put(W1, near2, HALF);
    table.create(W2, 1, new ObjectKey(W2, 1), FULL, node.now);
    node.effects();
    node.advance(Duration.ofSeconds(9));
    table.free(List.of(near), node.now);
    node.advance(Duration.ofSeconds(9));
    assertThat(node.effects()).isEmpty();
    table.free(List.of(near2), node.now);
    assertThat(packet().hasObjectCreated()).isTrue();
  }

  @Test
  void shouldAskAgainForMemoryWhenSystemRefusedIt() {
    node.isPopulating = false;
    table.create(W1, 1, near, 100, node.now);
    ObjectEffect.Populate first = (ObjectEffect.Populate) node.effects().getFirst();
    table.populated(PopulateResult.stopped(first.extent(), 0, "no memory"), node.now);
    assertThat(node.effects()).isEmpty();
    node.advance(Duration.ofSeconds(1));
    ObjectEffect.Populate second = (ObjectEffect.Populate) node.effects().getFirst();
    table.populated(PopulateResult.complete(second.extent()), node.now);
    assertThat(packet().hasObjectCreated()).isTrue();
  }

  @Test
  void shouldReplaceCopyWhenTaskThatMadeItRunsAgain() {
    node.put(W1, far, 100);
    node.effects();
    table.create(W2, 2, far, 100, node.now);
    assertThat(packet().hasObjectCreated()).isTrue();
    table.seal(W2, far, node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhenAnotherProcessWritesTheObject() {
    table.create(W1, 1, far, 100, node.now);
    long offset = packet().getObjectCreated().getOffset();
    table.create(W2, 2, far, 100, node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.INVALID);
    table.create(W1, 3, far, 100, node.now);
    assertThat(packet().getObjectCreated().getOffset()).isEqualTo(offset);
  }

  @Test
  void shouldPullTellOwnerAndAnswerAllWhenFetchedFromElsewhere() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    table.fetch(W2, 2, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    ObjectEffect.StartTransfer start = transfer();
    assertThat(start.address()).isEqualTo("two:1");
    assertThat(start.destination().sizeBytes()).isEqualTo(100);
    table.transferEnded(far, 1, ObjectTableFixture.complete(), node.now);
    List<Packet> packets = node.packets();
    assertThat(packets).extracting(Packet::getTo).containsExactly(FAR_OWNER, W1, W2);
    assertThat(packets.getFirst().getLocationAdded().getRaylet())
        .isEqualTo(ObjectTableFixture.SELF);
    assertThat(table.usage().secondaryBytes()).isPositive();
    assertThat(table.usage().primaryBytes()).isZero();
  }

  @Test
  void shouldEvictCopyAndTellOwnerWhenRoomIsNeeded() {
    pull(far, HALF, 2);
    table.release(W1, far, node.now);
    node.put(W1, near, FULL);
    List<Packet> packets = node.packets();
    assertThat(packets).extracting(Packet::getTo).containsExactly(FAR_OWNER, W1);
    assertThat(packets.getFirst().getLocationRemoved().getRaylet())
        .isEqualTo(ObjectTableFixture.SELF);
  }

  @Test
  void shouldNotEvictCopyWhenItIsHeld() {
    pull(far, HALF, 2);
    table.create(W1, 1, near, FULL, node.now);
    assertThat(node.effects()).isEmpty();
    table.release(W1, far, node.now);
    assertThat(node.packets()).hasSize(2);
  }

  @Test
  void shouldAbortPullAndKeepMemoryUntilItEndedWhenFreed() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    transfer();
    table.free(List.of(far), node.now);
    List<ObjectEffect> effects = node.effects();
    assertThat(effects).contains(new ObjectEffect.CancelTransfer(far, 1));
    assertThat(effects).hasSize(2);
    assertThat(table.usage().objects()).isEqualTo(1);
    table.fetch(W1, 2, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.OBJECT_LOST);
    table.transferEnded(far, 1, new PullOutcome.Failed("cancelled"), node.now);
    assertThat(table.usage().usedBytes()).isZero();
    assertThat(table.usage().pulls()).isZero();
  }

  @Test
  void shouldDiscardObjectWhenFreedJustBeforeItsPullCompletes() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    transfer();
    table.free(List.of(far), node.now);
    node.effects();
    table.transferEnded(far, 1, ObjectTableFixture.complete(), node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldCancelPullWhenLastAskerDiesOrReleases() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    table.fetch(W2, 2, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    transfer();
    table.processDied(W1, node.now);
    assertThat(node.effects()).isEmpty();
    table.release(W2, far, node.now);
    List<ObjectEffect> effects = node.effects();
    assertThat(effects).hasSize(2).contains(new ObjectEffect.CancelTransfer(far, 1));
    assertThat(((ObjectEffect.Send) effects.getFirst()).packet().getStoreFailure().getFailure())
        .as("the answer that every request gets")
        .extracting(Failure::getMessage)
        .asString()
        .contains("no longer wanted");
  }

  @Test
  void shouldFailAskersWithNodesTriedWhenObjectIsLost() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2, 3), FetchPurpose.GET, node.now);
    transfer();
    table.transferEnded(far, 1, new PullOutcome.Missing("not here"), node.now);
    transfer();
    table.transferEnded(far, 2, new PullOutcome.Missing("not here"), node.now);
    Failure failure = failure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.OBJECT_LOST);
    assertThat(failure.getMessage()).contains("node 2: not here", "node 3: not here");
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldFailAskersWhenOwnerDiesDuringPull() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 3), FetchPurpose.GET, node.now);
    transfer();
    table.processDied(FAR_OWNER, node.now);
    List<ObjectEffect> effects = node.effects();
    assertThat(effects).hasSize(2);
    assertThat(effects).contains(new ObjectEffect.CancelTransfer(far, 1));
    table.transferEnded(far, 1, ObjectTableFixture.complete(), node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldFailAskersWhenPullFindsNoRoom() {
    node.put(W1, near, FULL);
    node.effects();
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    assertThat(table.usage().pulls()).isEqualTo(1);
    node.advance(Duration.ofSeconds(10));
    assertThat(failure().getKind()).isEqualTo(FailureKind.STORE_FULL);
    assertThat(table.usage().pulls()).isZero();
    assertThat(table.usage().waitingCreates()).isZero();
  }

  @Test
  void shouldAnswerFromLocalCopyWhenItsWriterIsAheadOfThePull() {
    node.put(W1, near, FULL);
    table.create(W2, 2, far, 100, node.now);
    table.fetch(W1, 3, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    node.effects();
    table.free(List.of(near), node.now);
    assertThat(packet().hasObjectCreated()).isTrue();
    assertThat(table.usage().pulls()).isZero();
    table.seal(W2, far, node.now);
    List<Packet> packets = node.packets();
    assertThat(packets).extracting(Packet::getCorrelation).containsExactly(0L, 3L);
  }

  @Test
  void shouldTellTheOwnerOfAResultThatAnotherProcessWrote() {
    node.put(W1, near, 100);
    node.put(W1, far, 100);
    assertThat(node.packets())
        .filteredOn(Packet::hasLocationAdded)
        .singleElement()
        .satisfies(told -> {
          assertThat(told.getTo()).isEqualTo(far.owner());
          assertThat(told.getLocationAdded().getId()).isEqualTo(far.toProto());
          assertThat(told.getLocationAdded().getPrimary()).isTrue();
        });
  }

  @Test
  void shouldRefuseLocalWriterWhenObjectIsBeingPulled() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    transfer();
    table.create(W2, 2, far, 100, node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.INVALID);
  }

  @Test
  void shouldPullWhenLocalWriterGivesUp() {
    table.create(W1, 1, far, 100, node.now);
    node.settle();
    table.fetch(W2, 2, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    node.effects();
    table.abort(W1, far, node.now);
    assertThat(transfer().address()).isEqualTo("two:1");
  }

  @Test
  void shouldServeOtherNodesAndHoldMeanwhileWhenSealed() {
    table.create(W1, 1, near, 100, node.now);
    node.effects();
    table.serve(1, whole(near), node.now);
    table.serve(2, whole(far), node.now);
    assertThat(node.effects())
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectEffect.RefuseServe.class,
            refused -> assertThat(refused.failure().getKind()).isEqualTo(FailureKind.NOT_FOUND));
    table.seal(W1, near, node.now);
    assertThat(node.effects())
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectEffect.Serve.class, serve -> assertThat(serve.ticket()).isEqualTo(1));
    table.free(List.of(near), node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
    table.closeServe(1, near, node.now);
    table.closeServe(2, far, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldServePartsThatHaveComeWhenItPullsTheObjectItself() {
    long partBytes = ObjectTableFixture.PART_BYTES;
    PartRequest first = new PartRequest(far, 2 * partBytes, 0, partBytes, 5);
    PartRequest second = new PartRequest(far, 2 * partBytes, partBytes, partBytes, 5);
    table.fetch(
        W1, 1, ObjectTableFixture.stored(far, 2 * partBytes, 2), FetchPurpose.GET, node.now);
    List<ObjectEffect> starts = node.effects();
    assertThat(starts).hasSize(2);
    table.serve(1, first, node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.ServeLater.class);
    endTransfer(starts, 0, ObjectTableFixture.complete());
    table.serve(2, first, node.now);
    table.serve(3, second, node.now);
    List<ObjectEffect> answers = node.effects();
    assertThat(answers.get(0))
        .isInstanceOfSatisfying(
            ObjectEffect.Serve.class,
            serve -> {
              assertThat(serve.range().sizeBytes()).isEqualTo(partBytes);
              assertThat(serve.report().stamp()).isEqualTo(7);
              assertThat(serve.report().parts().orElseThrow().present().cardinality()).isOne();
            });
    assertThat(answers.get(1)).isInstanceOf(ObjectEffect.ServeLater.class);
  }

  @Test
  void shouldKeepMemoryOfLostPullUntilItsReaderIsDone() {
    List<ObjectEffect> starts = pullFirstPartAndServeIt();
    endTransfer(starts, ObjectTableFixture.PART_BYTES, new PullOutcome.Missing("evicted"));
    assertThat(failure().getKind()).isEqualTo(FailureKind.OBJECT_LOST);
    assertThat(table.usage().objects()).isEqualTo(1);
    // Who asks meanwhile waits until the memory is free, and then begins anew.
    table.fetch(
        W1,
        2,
        ObjectTableFixture.stored(far, 2 * ObjectTableFixture.PART_BYTES, 3),
        FetchPurpose.GET,
        node.now);
    assertThat(node.effects()).isEmpty();
    table.closeServe(1, far, node.now);
    assertThat(node.effects()).hasSize(2);
  }

  @Test
  void shouldKeepMemoryOfFreedPullUntilItsReaderIsDoneWhenItWasJustComplete() {
    List<ObjectEffect> starts = pullFirstPartAndServeIt();
    table.free(List.of(far), node.now);
    node.effects();
    endTransfer(starts, ObjectTableFixture.PART_BYTES, ObjectTableFixture.complete());
    assertThat(table.usage().objects()).isEqualTo(1);
    table.closeServe(1, far, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldHoldObjectForReaderOfItsPartWhenItIsSealedAndFreedMeanwhile() {
    List<ObjectEffect> starts = pullFirstPartAndServeIt();
    endTransfer(starts, ObjectTableFixture.PART_BYTES, ObjectTableFixture.complete());
    node.effects();
    table.release(W1, far, node.now);
    table.free(List.of(far), node.now);
    assertThat(table.usage().objects()).isEqualTo(1);
    table.closeServe(1, far, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  /** Returns the transfers that were started: the first has ended well, the second goes on. */
  private List<ObjectEffect> pullFirstPartAndServeIt() {
    long partBytes = ObjectTableFixture.PART_BYTES;
    table.fetch(
        W1, 1, ObjectTableFixture.stored(far, 2 * partBytes, 2), FetchPurpose.GET, node.now);
    List<ObjectEffect> starts = node.effects();
    endTransfer(starts, 0, ObjectTableFixture.complete());
    table.serve(1, new PartRequest(far, 2 * partBytes, 0, partBytes, 5), node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.Serve.class);
    return starts;
  }

  private void endTransfer(List<ObjectEffect> starts, long firstByte, PullOutcome outcome) {
    for (ObjectEffect effect : starts) {
      ObjectEffect.StartTransfer start = (ObjectEffect.StartTransfer) effect;
      if (start.firstByte() == firstByte) {
        table.transferEnded(start.key(), start.attempt(), outcome, node.now);
      }
    }
  }

  @Test
  void shouldTellTheOwnerWhetherItHasTheCopyThatIsAskedFor() {
    table.create(W1, 1, far, 100, 2, node.now);
    node.effects();
    assertThat(hasCopy(2, 100)).as("not sealed").isFalse();
    table.seal(W1, far, node.now);
    Packet added = packet();
    assertThat(added.getLocationAdded().getAttempt()).isEqualTo(2);
    assertThat(hasCopy(2, 100)).isTrue();
    assertThat(hasCopy(1, 100)).as("another attempt's").isFalse();
    assertThat(hasCopy(2, 101)).as("another size").isFalse();
    table.free(List.of(far), node.now);
    assertThat(hasCopy(2, 100)).as("freed").isFalse();
  }

  private boolean hasCopy(int attempt, long sizeBytes) {
    table.askCopy(FAR_OWNER, 5, far, attempt, sizeBytes, node.now);
    Packet answer = packet();
    assertThat(answer.getTo()).isEqualTo(FAR_OWNER);
    assertThat(answer.getCorrelation()).isEqualTo(5);
    return answer.getCopyAnswer().getHeld();
  }

  @Test
  void shouldKeepTheCopyOfALaterAttemptWhenAnEarlierOneOfTheTaskEndsAfterIt() {
    table.create(W1, 1, far, 100, 2, node.now);
    node.effects();
    table.seal(W1, far, node.now);
    node.effects();

    table.create(W2, 1, far, 100, 1, node.now);

    Packet refused = packet();
    assertThat(refused.getTo()).isEqualTo(W2);
    assertThat(refused.getStoreFailure().getFailure().getMessage())
        .contains("later attempt", "attempt=1", "laterAttempt=2");
    table.seal(W2, far, node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(hasCopy(2, 100)).isTrue();
    table.create(W2, 1, far, 100, 3, node.now);
    table.seal(W2, far, node.now);
    node.effects();
    assertThat(hasCopy(3, 100)).isTrue();
  }

  @Test
  void shouldNotServeTheCopyOfAnotherAttempt() {
    table.create(W1, 1, far, 100, 1, node.now);
    node.effects();
    table.seal(W1, far, node.now);
    node.effects();
    table.serve(1, new PartRequest(far, 100, 0, 100, 5, false, 2), node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.RefuseServe.class);
    table.closeServe(1, far, node.now);
    table.serve(2, new PartRequest(far, 100, 0, 100, 5, false, 1), node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.Serve.class);
  }

  @Test
  void shouldAskTheOwnerAndThenSayThatTheObjectIsOutOfReachWhenItsNodeCannotBeReached() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    List<Packet> told = new ArrayList<>();
    while (told.stream().noneMatch(Packet::hasStoreFailure)) {
      for (ObjectEffect effect : node.effects()) {
        if (effect instanceof ObjectEffect.StartTransfer start) {
          table.transferEnded(
              far, start.attempt(), new PullOutcome.Failed("connection refused"), node.now);
        } else {
          told.add(((ObjectEffect.Send) effect).packet());
        }
      }
      if (told.stream().noneMatch(Packet::hasStoreFailure)) {
        node.advance(Duration.ofNanos(Math.max(0, table.nextTimeNanos() - node.now)));
      }
    }
    assertThat(told.getFirst().getAwaitObject().getId()).isEqualTo(far.toProto());
    assertThat(told.getFirst().getTo()).isEqualTo(FAR_OWNER);
    assertThat(told).noneMatch(Packet::hasLocationRemoved);
    Failure failure = told.getLast().getStoreFailure().getFailure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.OBJECT_UNREACHABLE);
    assertThat(failure.getMessage()).contains("node 2: connection refused");
    assertThat(table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldPullFromWhereTheOwnerSaysWhenAskedMeanwhile() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    table.transferEnded(far, transfer().attempt(), new PullOutcome.Failed("broken"), node.now);
    assertThat(packet().hasAwaitObject()).isTrue();
    table.ownerSaid(
        ObjectValue.newBuilder()
            .setId(far.toProto())
            .setStored(ObjectTableFixture.stored(far, 100, 3))
            .build(),
        node.now);
    assertThat(transfer().node()).isEqualTo(3);
  }

  @Test
  void shouldSendReadersToTheOwnerWhenItSaysThatTheObjectIsAValueNow() {
    table.fetch(W1, 1, ObjectTableFixture.stored(far, 100, 2), FetchPurpose.GET, node.now);
    table.transferEnded(far, transfer().attempt(), new PullOutcome.Failed("broken"), node.now);
    node.effects();
    table.ownerSaid(
        ObjectValue.newBuilder()
            .setId(far.toProto())
            .setValue(EncodedValue.getDefaultInstance())
            .build(),
        node.now);
    assertThat(failure().getKind()).isEqualTo(FailureKind.OBJECT_LOST);
  }

  @Test
  void shouldTakePiecesInOrderWhenCreatorHasNoSharedMemory() {
    ObjectKey key = new ObjectKey(LAPTOP, 1);
    table.create(LAPTOP, 1, key, 100, node.now);
    long offset = packet().getObjectCreated().getOffset();
    assertThat(table.acceptPiece(LAPTOP, key, 0, 60, node.now))
        .satisfies(range -> assertThat(Objects.requireNonNull(range).offset()).isEqualTo(offset));
    assertThat(table.acceptPiece(LAPTOP, key, 60, 40, node.now)).isNotNull();
    table.seal(LAPTOP, key, node.now);
    table.seal(LAPTOP, key, node.now);
    table.fetch(LAPTOP, 2, ObjectTableFixture.stored(key, 100), FetchPurpose.GET, node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.Stream.class);
  }

  @Test
  void shouldDiscardObjectWhenItsPiecesAreWrong() {
    ObjectKey key = new ObjectKey(LAPTOP, 1);
    table.create(LAPTOP, 1, key, 100, node.now);
    node.settle();
    assertThat(table.acceptPiece(LAPTOP, key, 0, 60, node.now)).isNotNull();
    assertThat(table.acceptPiece(LAPTOP, key, 60, 41, node.now)).isNull();
    assertThat(table.usage().usedBytes()).isZero();
    table.create(LAPTOP, 2, key, 100, node.now);
    table.seal(LAPTOP, key, node.now);
    assertThat(table.usage().usedBytes()).isZero();
  }

  private void pull(ObjectKey key, long sizeBytes, int from) {
    table.fetch(W1, 1, ObjectTableFixture.stored(key, sizeBytes, from), FetchPurpose.GET, node.now);
    List<ObjectEffect> effects = node.effects();
    while (!effects.isEmpty()) {
      for (ObjectEffect effect : effects) {
        if (effect instanceof ObjectEffect.StartTransfer start) {
          table.transferEnded(key, start.attempt(), ObjectTableFixture.complete(), node.now);
        }
      }
      effects = node.effects();
    }
  }

  private static PartRequest whole(ObjectKey key) {
    return new PartRequest(key, 100, 0, 100, 5);
  }

  private ObjectEffect.StartTransfer transfer() {
    List<ObjectEffect> effects = node.effects();
    assertThat(effects).singleElement().isInstanceOf(ObjectEffect.StartTransfer.class);
    return (ObjectEffect.StartTransfer) effects.getFirst();
  }

  private Packet packet() {
    List<Packet> packets = node.packets();
    assertThat(packets).hasSize(1);
    return packets.getFirst();
  }

  private Failure failure() {
    Packet packet = packet();
    assertThat(packet.hasStoreFailure()).isTrue();
    return packet.getStoreFailure().getFailure();
  }
}
