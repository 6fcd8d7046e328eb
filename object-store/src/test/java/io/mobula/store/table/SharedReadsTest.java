package io.mobula.store.table;

import static io.mobula.store.table.StoreTables.OTHER;
import static io.mobula.store.table.StoreTables.READER;
import static io.mobula.store.table.StoreTables.WRITER;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.StoreKey;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An object table, and readers that it does not see. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SharedReadsTest {

  private static final long CAPACITY = 64 << 10;
  private static final long QUARTER = CAPACITY / 4;
  private static final StoreKey KEY = StoreTables.key(1);

  private final SharedMemory memory = new SharedMemory(CAPACITY, 64, 2);
  private final StoreTable table = StoreTables.populated(memory.layout(), memory.shared());
  private final int readerTable = memory.tables().assign(READER);
  private final StoreReader reader = memory.reader(readerTable);

  @AfterEach
  void verify() {
    table.verify();
  }

  @Test
  void shouldFindObjectFromSealToDelete() {
    StoreTables.createObject(table, KEY, 10);
    assertThat(tryHold(KEY)).isNull();
    table.seal(KEY, WRITER, true);
    hold(KEY).release();
    assertThat(table.delete(KEY)).isEqualTo(DeleteResult.FREED);
    assertThat(tryHold(KEY)).isNull();
  }

  @Test
  void shouldFreeDeletedObjectWhenLastReaderSaysSo() {
    StoreTables.createSealed(table, KEY, 10, true);
    Held first = hold(KEY);
    Held second = hold(KEY);
    assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
    assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
    assertThat(table.hold(KEY, OTHER)).isEqualTo(new HoldResult.NotFound());
    assertThat(first.release()).isTrue();
    assertThat(table.noticed()).isEmpty();
    assertThat(second.release()).isTrue();
    assertThat(table.noticed()).containsExactly(KEY);
    assertThat(table.noticed()).isEmpty();
    assertThat(table.usage().heap().usedBytes()).isZero();
  }

  @Test
  void shouldNameBothKindsOfHoldersWhenObjectsAreListed() {
    StoreTables.createSealed(table, KEY, 10, true);
    assertThat(table.largestObjects(1).getFirst().holderIds()).isEmpty();
    Held held = hold(KEY);
    StoreTables.hold(table, KEY, OTHER);
    assertThat(table.largestObjects(1).getFirst().holderIds())
        .containsExactlyInAnyOrder(READER, OTHER);
    held.release();
    assertThat(table.largestObjects(1).getFirst().holderIds()).containsExactly(OTHER);
    table.release(KEY, OTHER);
  }

  @Test
  void shouldWaitForBothKindsOfHoldWhenObjectIsDeleted() {
    StoreTables.createSealed(table, KEY, 10, true);
    Held held = hold(KEY);
    StoreTables.hold(table, KEY, OTHER);
    table.delete(KEY);
    assertThat(table.release(KEY, OTHER)).isEqualTo(ReleaseResult.RELEASED);
    assertThat(table.state(KEY)).isEqualTo(ObjectState.DELETING);
    assertThat(held.release()).isTrue();
    assertThat(table.noticed()).containsExactly(KEY);

    StoreTables.createSealed(table, KEY, 10, true);
    Held again = hold(KEY);
    StoreTables.hold(table, KEY, OTHER);
    table.delete(KEY);
    assertThat(again.release()).isTrue();
    assertThat(table.noticed()).isEmpty();
    assertThat(table.clientGone(OTHER).freed()).containsExactly(KEY);
  }

  @Test
  void shouldFreeDeletedObjectsWhenTableOfDeadReaderIsDropped() {
    StoreTables.createSealed(table, KEY, 10, true);
    StoreTables.createSealed(table, StoreTables.key(2), 10, true);
    hold(KEY);
    hold(KEY);
    hold(StoreTables.key(2));
    table.delete(KEY);
    assertThat(table.noticed()).isEmpty();
    memory.tables().drop(readerTable);
    assertThat(table.noticed()).containsExactly(KEY);
    assertThat(table.delete(StoreTables.key(2))).isEqualTo(DeleteResult.FREED);
  }

  @Test
  void shouldDeleteManyAtOnceAndDeferThoseHeld() {
    List<StoreKey> keys = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      StoreTables.createSealed(table, StoreTables.key(i), 10, true);
      keys.add(StoreTables.key(i));
    }
    StoreTables.createObject(table, StoreTables.key(6), 10);
    keys.add(StoreTables.key(6));
    keys.add(StoreTables.key(0));
    keys.add(StoreTables.key(77));
    Held held = hold(StoreTables.key(3));
    StoreTables.hold(table, StoreTables.key(4), OTHER);
    assertThat(table.deleteAll(keys))
        .containsExactly(
            StoreTables.key(0), StoreTables.key(1), StoreTables.key(2), StoreTables.key(5));
    assertThat(table.state(StoreTables.key(6))).isEqualTo(ObjectState.CANCELLED);
    assertThat(held.release()).isTrue();
    assertThat(table.noticed()).containsExactly(StoreTables.key(3));
    assertThat(table.release(StoreTables.key(4), OTHER)).isEqualTo(ReleaseResult.FREED);
  }

  @Test
  void shouldNotEvictWhatReadersHoldAndEvictItWhenTheySaySo() {
    for (int i = 0; i < 4; i++) {
      StoreTables.createSealed(table, StoreTables.key(i), QUARTER, i == 3);
    }
    Held held = hold(StoreTables.key(0));
    assertThat(create(10, 2 * QUARTER).evicted())
        .containsExactly(StoreTables.key(1), StoreTables.key(2));
    assertThat(create(11, QUARTER)).isInstanceOf(CreateResult.Full.class);
    Held second = hold(StoreTables.key(0));
    assertThat(second.range()).isEqualTo(held.range());
    assertThat(held.release()).as("wanted").isTrue();
    assertThat(table.noticed()).isEmpty();
    assertThat(create(11, QUARTER)).isInstanceOf(CreateResult.Full.class);
    assertThat(second.release()).as("wanted again").isTrue();
    assertThat(table.noticed()).isEmpty();
    assertThat(create(11, QUARTER).evicted()).containsExactly(StoreTables.key(0));
  }

  @Test
  void shouldNotAskForNoticesWhenRoomWasFoundOtherwise() {
    for (int i = 0; i < 4; i++) {
      StoreTables.createSealed(table, StoreTables.key(i), QUARTER, false);
    }
    Held held = hold(StoreTables.key(0));
    create(10, 4 * QUARTER);
    table.noticed();
    assertThat(held.release()).isFalse();
  }

  @Test
  void shouldGiveSecondChanceWhenReaderHasUsedObject() {
    for (int i = 0; i < 4; i++) {
      StoreTables.createSealed(table, StoreTables.key(i), QUARTER, false);
    }
    hold(StoreTables.key(0)).release();
    hold(StoreTables.key(2)).release();
    assertThat(create(10, QUARTER).evicted()).containsExactly(StoreTables.key(1));
    assertThat(create(11, QUARTER).evicted()).containsExactly(StoreTables.key(3));
    assertThat(create(12, QUARTER).evicted()).containsExactly(StoreTables.key(0));
  }

  @Test
  void shouldEvictLeastRecentlyUsedWhenFirstLookFindsOnlyHeldObjects() {
    long sixteenth = CAPACITY / 16;
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      StoreTables.createSealed(table, StoreTables.key(i), sixteenth, false);
      if (i < 5) {
        held.add(hold(StoreTables.key(i)));
      }
    }
    assertThat(create(20, sixteenth).evicted()).containsExactly(StoreTables.key(5));
    assertThat(create(21, sixteenth).evicted()).containsExactly(StoreTables.key(6));
    // Those that were found and not needed can be read as before, and nobody waits for them.
    assertThat(hold(StoreTables.key(7)).release()).isFalse();
    held.forEach(Held::release);
    table.noticed();
    assertThat(create(22, 8 * sixteenth).evicted())
        .containsExactlyElementsOf(IntStream.range(8, 16).mapToObj(StoreTables::key).toList());
  }

  @Test
  void shouldStillServeByAskingWhenIndexIsFull() {
    SharedMemory small = new SharedMemory(CAPACITY, 2, 1);
    StoreTable full = StoreTables.populated(small.layout(), small.shared());
    StoreReader client = small.join(READER);
    for (int i = 0; i < 3; i++) {
      StoreTables.createSealed(full, StoreTables.key(i), 10, true);
    }
    assertThat(client.tryHold(7, 2)).isNull();
    StoreTables.hold(full, StoreTables.key(2), READER);
    assertThat(full.delete(StoreTables.key(2))).isEqualTo(DeleteResult.DEFERRED);
    assertThat(full.release(StoreTables.key(2), READER)).isEqualTo(ReleaseResult.FREED);
    full.verify();
  }

  private CreateResult create(int number, long sizeBytes) {
    return table.create(StoreTables.key(number), sizeBytes, WRITER);
  }

  private Held hold(StoreKey key) {
    return requireNonNull(tryHold(key));
  }

  private @Nullable Held tryHold(StoreKey key) {
    return reader.tryHold(key.high(), key.low());
  }
}
