package io.mobula.store.table;

import static io.mobula.store.table.StoreTables.OTHER;
import static io.mobula.store.table.StoreTables.READER;
import static io.mobula.store.table.StoreTables.WRITER;
import static io.mobula.store.table.StoreTables.createObject;
import static io.mobula.store.table.StoreTables.createSealed;
import static io.mobula.store.table.StoreTables.hold;
import static io.mobula.store.table.StoreTables.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoreTableTest {

  private static final long CAPACITY = 1 << 20;
  private static final StoreKey A = key(1);
  private static final StoreKey B = key(2);

  private StoreTable table = StoreTables.populated(CAPACITY);

  @AfterEach
  void verify() {
    table.verify();
  }

  @Test
  void shouldGiveReaderTheWritersRangeWhenSealed() {
    HeapRange range = createObject(table, A, 1000);
    assertThat(range.sizeBytes()).isEqualTo(1000);
    assertThat(table.hold(A, READER)).isEqualTo(new HoldResult.NotSealed());
    assertThat(table.seal(A, WRITER, true)).isEqualTo(SealResult.SEALED);
    assertThat(table.hold(A, READER)).isEqualTo(new HoldResult.Ready(range));
    assertThat(table.hold(B, READER)).isEqualTo(new HoldResult.NotFound());
  }

  @Test
  void shouldAnswerWithTheFirstWhenCreateComesTwice() {
    HeapRange range = createObject(table, A, 1000);
    assertThat(table.create(A, 1000, WRITER))
        .isEqualTo(new CreateResult.AlreadyExists(ObjectState.CREATED, range, WRITER));
    assertThat(table.create(A, 5, OTHER))
        .isEqualTo(new CreateResult.AlreadyExists(ObjectState.CREATED, range, WRITER));
  }

  @Test
  void shouldRefuseSealAndAbortWhenClientIsNotTheWriter() {
    createObject(table, A, 1000);
    assertThat(table.seal(A, OTHER, true)).isEqualTo(SealResult.NOT_WRITER);
    assertThat(table.abort(A, OTHER)).isEqualTo(AbortResult.NOT_WRITER);
    assertThat(table.state(A)).isEqualTo(ObjectState.CREATED);
  }

  @Test
  void shouldChangeNothingWhenSealComesTwice() {
    createSealed(table, A, 1000, false);
    assertThat(table.seal(A, WRITER, true)).isEqualTo(SealResult.ALREADY_SEALED);
    assertThat(table.usage().pinnedBytes()).isZero();
    assertThat(table.abort(A, WRITER)).isEqualTo(AbortResult.ALREADY_SEALED);
    assertThat(table.seal(B, WRITER, true)).isEqualTo(SealResult.NOT_FOUND);
    assertThat(table.abort(B, WRITER)).isEqualTo(AbortResult.NOT_FOUND);
  }

  @Test
  void shouldFreeMemoryWhenWriterAborts() {
    createObject(table, A, 1000);
    assertThat(table.abort(A, WRITER)).isEqualTo(AbortResult.ABORTED);
    assertThat(table.usage().heap().usedBytes()).isZero();
  }

  @Test
  void shouldKeepMemoryUntilLastHoldGoesWhenDeleted() {
    createSealed(table, A, 1000, true);
    hold(table, A, READER);
    hold(table, A, READER);
    hold(table, A, OTHER);
    assertThat(table.delete(A)).isEqualTo(DeleteResult.DEFERRED);
    assertThat(table.delete(A)).isEqualTo(DeleteResult.DEFERRED);
    assertThat(table.hold(A, OTHER)).isEqualTo(new HoldResult.NotFound());
    assertThat(table.release(A, READER)).isEqualTo(ReleaseResult.RELEASED);
    assertThat(table.release(A, OTHER)).isEqualTo(ReleaseResult.RELEASED);
    assertThat(table.release(A, OTHER)).isEqualTo(ReleaseResult.NOT_HELD);
    assertThat(table.usage().deletingBytes()).isEqualTo(1024);
    assertThat(table.release(A, READER)).isEqualTo(ReleaseResult.FREED);
    assertThat(table.usage().heap().usedBytes()).isZero();
    assertThat(table.delete(A)).isEqualTo(DeleteResult.NOT_FOUND);
  }

  @Test
  void shouldKeepMemoryUntilWriterIsDoneWhenDeletedUnsealed() {
    createObject(table, A, 1000);
    assertThat(table.delete(A)).isEqualTo(DeleteResult.DEFERRED);
    assertThat(table.usage().unsealedBytes()).isEqualTo(1024);
    assertThat(table.hold(A, READER)).isEqualTo(new HoldResult.NotFound());
    assertThat(table.seal(A, WRITER, true)).isEqualTo(SealResult.CANCELLED);
    assertThat(table.usage().heap().usedBytes()).isZero();
  }

  @Test
  void shouldGiveUpEverythingOfAClientWhenItIsGone() {
    createSealed(table, A, 1000, true);
    createSealed(table, B, 1000, true);
    hold(table, A, OTHER);
    hold(table, A, OTHER);
    hold(table, B, OTHER);
    hold(table, B, READER);
    table.delete(A);
    table.delete(B);
    table.create(key(3), 10, OTHER);
    table.create(key(4), 10, OTHER);
    table.delete(key(4));
    assertThat(table.clientGone(OTHER))
        .isEqualTo(new ClientGone(List.of(key(3), key(4)), 3, List.of(A)));
    assertThat(table.state(B)).isEqualTo(ObjectState.DELETING);
    assertThat(table.usage().objectCount()).isEqualTo(1);
  }

  @Test
  void shouldKeepSealedObjectWhenItsWriterIsGone() {
    createSealed(table, A, 1000, true);
    assertThat(table.clientGone(WRITER)).isEqualTo(new ClientGone(List.of(), 0, List.of()));
    hold(table, A, READER);
    table.release(A, READER);
    assertThat(table.delete(A)).isEqualTo(DeleteResult.FREED);
  }

  @Test
  void shouldRefuseWhenClientIsUnknownOrGone() {
    table.clientGone(OTHER);
    assertThatThrownBy(() -> table.create(A, 1, OTHER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("clientId=3");
    assertThatThrownBy(() -> table.hold(A, 99)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.clientJoined(READER)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldEvictLeastRecentlyUsedSecondaryWhenFull() {
    long quarter = CAPACITY / 4;
    for (int i = 1; i <= 4; i++) {
      createSealed(table, key(i), quarter, false);
    }
    hold(table, key(1), READER);
    table.release(key(1), READER);
    CreateResult result = table.create(key(5), quarter, WRITER);
    assertThat(result.evicted()).containsExactly(key(2));
    assertThat(table.create(key(6), quarter * 2, WRITER).evicted()).containsExactly(key(3), key(4));
    assertThat(table.state(key(1))).isEqualTo(ObjectState.SEALED);
  }

  @Test
  void shouldNotEvictWhatIsPinnedHeldOrUnsealed() {
    long quarter = CAPACITY / 4;
    createSealed(table, key(1), quarter, true);
    createSealed(table, key(2), quarter, false);
    hold(table, key(2), READER);
    createObject(table, key(3), quarter);
    createSealed(table, key(4), quarter, false);
    assertThat(table.pin(key(4))).isTrue();
    CreateResult.Full full = (CreateResult.Full) table.create(key(5), quarter, WRITER);
    assertThat(full.evicted()).isEmpty();
    assertThat(full.report().isHopeless()).isFalse();
    assertThat(full.report())
        .hasToString(
            "sizeBytes=262144, capacityBytes=1048576, usedBytes=1048576, pinnedBytes=524288,"
                + " heldBytes=262144, unsealedBytes=262144, deletingBytes=0, leasedBytes=0,"
                + " largestFreeBytes=0, isGrowthStopped=false");
    assertThat(table.unpin(key(4))).isTrue();
    assertThat(table.create(key(5), quarter, WRITER).evicted()).containsExactly(key(4));
  }

  @Test
  void shouldEvictNothingWhenThatCannotHelp() {
    createSealed(table, A, CAPACITY / 2, false);
    createSealed(table, B, CAPACITY / 2, true);
    CreateResult full = table.create(key(3), CAPACITY / 2 + 1, WRITER);
    assertThat(full).isInstanceOf(CreateResult.Full.class);
    assertThat(full.evicted()).isEmpty();
    CreateResult.Full hopeless = (CreateResult.Full) table.create(key(3), CAPACITY + 1, WRITER);
    assertThat(hopeless.report().isHopeless()).isTrue();
    assertThat(table.state(A)).isEqualTo(ObjectState.SEALED);
  }

  @Test
  void shouldPinOnlySealedObjects() {
    assertThat(table.pin(A)).isFalse();
    assertThat(table.unpin(A)).isFalse();
    createObject(table, A, 1);
    assertThat(table.pin(A)).isFalse();
    assertThat(table.unpin(A)).isFalse();
    table.seal(A, WRITER, false);
    assertThat(table.pin(A)).isTrue();
  }

  @Test
  void shouldGrowOnceForManyAndGoOnAfterFailure() {
    table = new StoreTable(StoreLayout.ofCapacity(64 << 20));
    table.clientJoined(WRITER);
    CreateResult first = table.create(A, 100, WRITER);
    HeapRange extent = ((CreateResult.NeedsPopulate) first).extent();
    assertThat(table.create(B, 100, WRITER))
        .isEqualTo(new CreateResult.AwaitsPopulate(extent, List.of()));
    table.populateFinished(PopulateResult.stopped(extent, 3 << 20, "full"));
    createSealed(table, A, 2 << 20, false);
    CreateResult.Full full = (CreateResult.Full) table.create(B, 4 << 20, WRITER);
    assertThat(full.report().isGrowthStopped()).isTrue();
    assertThat(table.create(B, 2 << 20, WRITER).evicted()).containsExactly(A);
    table.resumeGrowth();
    assertThat(table.create(A, 8192, WRITER)).isInstanceOf(CreateResult.NeedsPopulate.class);
  }

  @Test
  void shouldRankLargestObjectsAndHolders() {
    HeapRange range = createSealed(table, A, 5000, true);
    createSealed(table, B, 100, false);
    hold(table, A, OTHER);
    hold(table, A, READER);
    hold(table, B, READER);
    createObject(table, key(3), 200);
    assertThat(table.largestObjects(1))
        .containsExactly(
            new ObjectReport(A, range, ObjectState.SEALED, true, WRITER, List.of(READER, OTHER)));
    assertThat(table.largestHolders(3))
        .containsExactly(
            new HolderReport(READER, 5100, 2, 0, 0),
            new HolderReport(OTHER, 5000, 1, 0, 0),
            new HolderReport(WRITER, 0, 0, 200, 1));
  }
}
