package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.Packet;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillItem;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillWrite;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node's object table that spills, step by step. */
final class SpillTest {
  private static final long W1 = ProcessAddress.of(ObjectTableFixture.NODE, 1);
  private static final long W2 = ProcessAddress.of(ObjectTableFixture.NODE, 2);
  private static final long FULL = ObjectTableFixture.CAPACITY_BYTES;
  private static final long QUARTER = FULL / 4;
  private static final long PAUSE_NANOS = SpillConfig.DEFAULT.pauseMin().toNanos();

  private ObjectTableFixture node = fixture(Long.MAX_VALUE);

  private static ObjectTableFixture fixture(long limitBytes) {
    return new ObjectTableFixture(FULL, SpillConfig.DEFAULT.withBounds(0.7, 1 << 20, limitBytes));
  }

  @BeforeEach
  void join() {
    node.table.clientJoined(W1, true);
    node.table.clientJoined(W2, true);
  }

  @AfterEach
  void verify() {
    node.store.verify();
  }

  @Test
  void shouldSpillLeastRecentlyUsedWhenMarkIsPassed() {
    putThree();
    assertThat(spill().items()).extracting(SpillItem::key).containsExactly(StoreKeys.of(key(2)));
  }

  @Test
  void shouldEvictWithoutTellingTheOwnerAndRestoreWhenSpilled() {
    putThree();
    written(spill());
    // Above the mark, so the copy in memory goes at once.
    assertThat(node.table.usage().objects()).isEqualTo(2);
    assertThat(node.table.usage().spilledObjects()).isEqualTo(1);
    assertThat(node.effects()).isEmpty();
    fetch(5, key(2));
    ObjectEffect.Restore restore = (ObjectEffect.Restore) node.effects().getFirst();
    node.table.restored(restore.slot(), new SpillRead.Complete(), node.now);
    Packet answer = node.packets().getFirst();
    assertThat(answer.getCorrelation()).isEqualTo(5);
    assertThat(answer.getObjectAvailable().getOffset()).isEqualTo(restore.destination().offset());
  }

  @Test
  void shouldTellTheOwnerAndFailWhenSpilledCopyCantBeRead() {
    putThree();
    written(spill());
    fetch(5, key(2));
    List<ObjectEffect> effects = failReads();
    assertThat(effects)
        .filteredOn(effect ->
            effect instanceof ObjectEffect.Send send && send.packet().hasLocationRemoved())
        .hasSize(1);
    assertThat(effects)
        .filteredOn(effect ->
            effect instanceof ObjectEffect.Send send
                && send.packet().hasStoreFailure()
                && send.packet().getStoreFailure().getFailure().getKind()
                    == FailureKind.OBJECT_LOST)
        .hasSize(1);
    assertThat(node.warnings).hasSize(6).containsOnly("bad disk");
    assertThat(node.table.usage().spilledObjects()).isZero();
  }

  @Test
  void shouldReadAgainWhenAFileCantBeReadOnce() {
    putThree();
    written(spill());
    fetch(5, key(2));
    ObjectEffect.Restore restore = (ObjectEffect.Restore) node.effects().getFirst();
    node.table.restored(restore.slot(), new SpillRead.Failed("too many open files"), node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(node.table.nextTimeNanos()).isEqualTo(node.now + 100_000_000);
    node.advance(Duration.ofMillis(100));
    ObjectEffect.Restore again = (ObjectEffect.Restore) node.effects().getFirst();
    assertThat(again).isEqualTo(restore);
    node.table.restored(again.slot(), new SpillRead.Complete(), node.now);
    assertThat(node.packets().getFirst().hasObjectAvailable()).isTrue();
  }

  @Test
  void shouldGiveBackMemoryWhenAnObjectIsFreedThatIsToBeReadAgain() {
    putThree();
    written(spill());
    fetch(5, key(2));
    ObjectEffect.Restore restore = (ObjectEffect.Restore) node.effects().getFirst();
    long usedBytes = node.table.usage().usedBytes();
    node.table.restored(restore.slot(), new SpillRead.Failed("bad disk"), node.now);
    node.table.free(List.of(key(2)), node.now);
    assertThat(node.table.usage().usedBytes()).isLessThan(usedBytes);
    node.effects();
    node.advance(Duration.ofSeconds(10));
    assertThat(node.effects()).noneMatch(ObjectEffect.Restore.class::isInstance);
  }

  /** The only object that is being brought back can't be read, however often it is tried. */
  private List<ObjectEffect> failReads() {
    List<ObjectEffect> effects = node.effects();
    while (!effects.isEmpty() && effects.getFirst() instanceof ObjectEffect.Restore restore) {
      node.table.restored(restore.slot(), new SpillRead.Failed("bad disk"), node.now);
      effects = node.effects();
      if (effects.isEmpty()) {
        node.advance(Duration.ofSeconds(4));
        effects = node.effects();
      }
    }
    return effects;
  }

  @Test
  void shouldDeleteFileWhenObjectIsFreedOrItsOwnerDies() {
    putThree();
    written(spill());
    node.table.free(List.of(key(2)), node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.DeleteSpill.class);
    node.put(W1, key(4), QUARTER);
    written(spill());
    node.table.processDied(W1, node.now);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.DeleteSpill.class);
    assertThat(node.table.usage().usedBytes()).isZero();
  }

  @Test
  void shouldPauseSayWhyAndTryAgainWhenDiskIsFull() {
    putThree();
    SpillBatch batch = spill();
    node.table.spilled(batch, new SpillWrite.NoRoom("no room on /disk"), node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(node.warnings).singleElement().asString().contains("no room on /disk");
    assertThat(node.table.nextTimeNanos()).isEqualTo(node.now + PAUSE_NANOS);
    node.advance(Duration.ofNanos(PAUSE_NANOS));
    SpillBatch again = spill();
    node.table.spilled(again, new SpillWrite.NoRoom("still none"), node.now);
    assertThat(node.table.nextTimeNanos()).isEqualTo(node.now + 2 * PAUSE_NANOS);
  }

  @Test
  void shouldGoOnAtOnceWhenAFileIsDeletedAtTheLimit() {
    node = fixture(QUARTER + 100);
    join();
    putThree();
    SpillBatch first = spill();
    written(first);
    node.put(W1, key(4), QUARTER);
    assertThat(node.effects()).noneMatch(ObjectEffect.Spill.class::isInstance);
    assertThat(node.warnings).singleElement().asString().contains("limit");
    node.table.free(List.of(StoreKeys.from(first.items().getFirst().key())), node.now);
    ObjectEffect.DeleteSpill delete = (ObjectEffect.DeleteSpill) node.effects().getFirst();
    node.table.spillDeleted(delete.file(), node.now);
    assertThat(spill().items()).hasSize(1);
  }

  @Test
  void shouldMakeRoomForAReaderInSpiteOfTheLimitWhenAllElseIsTaken() {
    node = fixture(QUARTER + 100);
    join();
    putThree();
    written(spill());
    node.put(W1, key(4), QUARTER);
    node.put(W1, key(5), QUARTER);
    node.effects();
    node.table.create(W1, 8, key(6), QUARTER, node.now);
    assertThat(node.effects()).as("no room on disk either").isEmpty();

    node.table.fetch(
        W2, 9, ObjectTableFixture.stored(key(2), QUARTER), FetchPurpose.TASK_ARGUMENT, node.now);
    node.advance(Duration.ofNanos(Spiller.READER_PATIENCE_NANOS - 1));
    assertThat(node.effects()).noneMatch(ObjectEffect.Spill.class::isInstance);
    node.advance(Duration.ofNanos(1));
    SpillBatch batch = spill();
    assertThat(batch.items()).as("what the reader needs").hasSize(1);
    written(batch);

    ObjectEffect.Restore restore =
        node.effects().stream()
            .filter(ObjectEffect.Restore.class::isInstance)
            .map(ObjectEffect.Restore.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(restore.slot().key()).isEqualTo(StoreKeys.of(key(2)));
    node.table.restored(restore.slot(), new SpillRead.Complete(), node.now);
    assertThat(node.packets()).extracting(Packet::getCorrelation).containsExactly(9L);
    assertThat(node.table.usage().waitingCreates()).as("the new object waits").isOne();
    node.table.release(W2, key(2), node.now);
    node.table.free(List.of(key(2)), node.now);
    assertThat(node.effects())
        .filteredOn(ObjectEffect.Send.class::isInstance)
        .singleElement()
        .matches(effect -> ((ObjectEffect.Send) effect).packet().getCorrelation() == 8);
  }

  @Test
  void shouldNotFailACreateWhenObjectsAreBeingWritten() {
    putThree();
    SpillBatch batch = spill();
    node.table.create(W2, 9, new ObjectKey(W2, 1), 2 * QUARTER, node.now);
    // Its room is not enough: whatever there is is written.
    SpillBatch rest = spill();
    node.advance(Duration.ofSeconds(60));
    assertThat(node.effects()).isEmpty();
    written(batch);
    written(rest);
    assertThat(node.effects())
        .filteredOn(ObjectEffect.Send.class::isInstance)
        .singleElement()
        .matches(effect -> ((ObjectEffect.Send) effect).packet().hasObjectCreated());
  }

  @Test
  void shouldFreeWithItsHolderWhenFreedWhileBeingWritten() {
    putThree();
    SpillBatch batch = spill();
    node.table.free(List.of(key(2)), node.now);
    assertThat(node.table.usage().objects()).isEqualTo(3);
    written(batch);
    assertThat(node.table.usage().objects()).isEqualTo(2);
    assertThat(node.effects()).singleElement().isInstanceOf(ObjectEffect.DeleteSpill.class);
  }

  @Test
  void shouldLetAnUrgentReadPassWhenANewObjectWaitsForWhatItsReaderHolds() {
    putThree();
    written(spill());
    fetch(1, key(1));
    fetch(2, key(3));
    node.effects();
    node.table.create(W2, 3, new ObjectKey(W2, 1), 3 * QUARTER, node.now);
    node.effects();
    fetch(4, key(2));
    assertThat(node.effects()).hasAtLeastOneElementOfType(ObjectEffect.Restore.class);
  }

  @Test
  void shouldServeAPartAfterItsObjectIsBackAndKeepItWhileItIsRead() {
    putThree();
    written(spill());
    PartRequest part = new PartRequest(key(2), QUARTER, 4_096, 8_000, 5);
    node.table.serve(1, part, node.now);
    ObjectEffect.Restore restore = (ObjectEffect.Restore) node.effects().getFirst();
    node.table.restored(restore.slot(), new SpillRead.Complete(), node.now);
    ObjectEffect.Serve serve = (ObjectEffect.Serve) node.effects().getFirst();
    assertThat(serve.range())
        .isEqualTo(new HeapRange(restore.destination().offset() + 4_096, 8_000));
    // It is above the mark and on disk, but stays until its reader is done.
    assertThat(node.table.usage().objects()).isEqualTo(3);
    node.table.closeServe(1, key(2), node.now);
    assertThat(node.table.usage().objects()).isEqualTo(2);
    node.table.serve(2, part, node.now);
    restore = (ObjectEffect.Restore) node.effects().getFirst();
    node.table.restored(restore.slot(), new SpillRead.Complete(), node.now);
    // Parts of both times are of one copy.
    ObjectEffect.Serve again = (ObjectEffect.Serve) node.effects().getFirst();
    assertThat(again.report().stamp()).isEqualTo(serve.report().stamp());
  }

  @Test
  void shouldNotBringBackAnObjectWhoseReaderHasGoneOrThatCantBeRead() {
    putThree();
    written(spill());
    fetch(1, key(1));
    fetch(2, key(3));
    node.put(W1, key(4), QUARTER);
    node.put(W1, key(5), QUARTER);
    List<ObjectEffect> begun = node.effects();
    node.table.serve(1, new PartRequest(key(2), QUARTER, 0, 8_000, 5), node.now);
    assertThat(node.table.usage().waitingCreates()).isEqualTo(1);
    node.table.closeServe(1, key(2), node.now);
    assertThat(node.table.usage().waitingCreates()).isZero();
    node.table.release(W1, key(1), node.now);
    node.table.release(W1, key(3), node.now);
    begun.stream()
        .filter(ObjectEffect.Spill.class::isInstance)
        .forEach(effect -> written(((ObjectEffect.Spill) effect).batch()));
    node.effects();
    node.table.serve(2, new PartRequest(key(2), QUARTER, 0, 8_000, 5), node.now);
    assertThat(failReads()).hasAtLeastOneElementOfType(ObjectEffect.RefuseServe.class);
  }

  /** Three quarters, of which the second is the least recently used. */
  private void putThree() {
    node.put(W1, key(1), QUARTER);
    node.put(W1, key(2), QUARTER);
    fetch(1, key(1));
    node.table.release(W1, key(1), node.now);
    node.effects();
    node.put(W1, key(3), QUARTER);
  }

  private void fetch(long correlation, ObjectKey key) {
    node.table.fetch(
        W1,
        correlation,
        ObjectTableFixture.stored(key, QUARTER, ObjectTableFixture.NODE),
        FetchPurpose.GET,
        node.now);
  }

  /** The one batch that is to be written now. */
  private SpillBatch spill() {
    List<SpillBatch> batches =
        node.effects().stream()
            .filter(ObjectEffect.Spill.class::isInstance)
            .map(effect -> ((ObjectEffect.Spill) effect).batch())
            .toList();
    assertThat(batches).hasSize(1);
    return batches.getFirst();
  }

  private void written(SpillBatch batch) {
    SpillFile file = new SpillFile(batch.fileNumber(), "file");
    List<SpillSlot> slots =
        batch.items().stream()
            .map(item -> new SpillSlot(item.key(), file, 0, item.range().sizeBytes(), 0))
            .toList();
    node.table.spilled(batch, new SpillWrite.Written(file, slots), node.now);
  }

  private static ObjectKey key(long sequence) {
    return new ObjectKey(W1, sequence);
  }
}
