package io.mobula.store.spill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SpillTableTest {

  private static final long SIZE = 1_000;

  private final SpillTable table = new SpillTable(100_000);

  @AfterEach
  void verify() {
    table.verify();
  }

  @Test
  void shouldDeleteFileWhenAllItsObjectsAreDropped() {
    SpillFile file = write(1, 2);
    assertThat(table.contains(key(1))).isTrue();
    table.drop(key(1));
    assertThat(table.contains(key(1))).isFalse();
    assertThat(table.nextDeletion()).isNull();
    table.drop(key(2));
    assertThat(table.nextDeletion()).isEqualTo(file);
    assertThat(table.usage().fileBytes()).isPositive();
    table.deleted(file);
    assertThat(table.usage()).isEqualTo(new SpillUsage(0, 0, 0, 0));
  }

  @Test
  void shouldNotDeleteFileWhenSomebodyReadsIt() {
    SpillFile file = write(1);
    SpillSlot slot = table.beginRead(key(1));
    table.drop(key(1));
    assertThat(table.nextDeletion()).isNull();
    table.endRead(slot);
    assertThat(table.nextDeletion()).isEqualTo(file);
  }

  @Test
  void shouldNotEnterWhatWasDroppedWhenItWasBeingWritten() {
    SpillBatch batch = table.beginWrite(items(1, 2));
    assertThat(table.drop(key(1))).isTrue();
    assertThat(table.written(batch, whole(batch))).containsExactly(key(2));
    assertThat(table.contains(key(1))).isFalse();
  }

  @Test
  void shouldForgetFileWhenWritingFailed() {
    SpillBatch batch = table.beginWrite(items(1, 2));
    assertThat(table.usage().fileBytes()).isPositive();
    assertThat(table.written(batch, new SpillWrite.NoRoom("full"))).isEmpty();
    assertThat(table.usage()).isEqualTo(new SpillUsage(0, 0, 0, 0));
    write(1, 2);
  }

  @Test
  void shouldMoveTheRestToANewFileWhenMostIsDead() {
    SpillFile old = write(1, 2, 3, 4);
    table.drop(key(1));
    table.drop(key(2));
    assertThat(table.nextCompaction()).isNull();
    table.drop(key(3));
    SpillCompaction compaction = Objects.requireNonNull(table.nextCompaction());
    assertThat(compaction.slots()).extracting(SpillSlot::key).containsExactly(key(4));
    SpillSlot reader = table.beginRead(key(4));
    table.compacted(compaction, whole(compaction));
    assertThat(table.beginRead(key(4)).file().number()).isEqualTo(compaction.fileNumber());
    assertThat(table.nextDeletion()).isNull();
    table.endRead(reader);
    assertThat(table.nextDeletion()).isEqualTo(old);
    assertThat(table.nextCompaction()).isNull();
  }

  @Test
  void shouldCompactOneFileAtATimeAndDropMeanwhile() {
    SpillFile first = write(1, 2, 3, 4);
    write(5, 6, 7, 8);
    List.of(1, 2, 3, 5, 6, 7).forEach(number -> table.drop(key(number)));
    SpillCompaction compaction = Objects.requireNonNull(table.nextCompaction());
    assertThat(table.nextCompaction()).isNull();
    table.drop(key(4));
    table.compacted(compaction, whole(compaction));
    List<SpillFile> deletions = new ArrayList<>();
    for (SpillFile file = table.nextDeletion(); file != null; file = table.nextDeletion()) {
      deletions.add(file);
    }
    assertThat(deletions)
        .containsExactlyInAnyOrder(first, new SpillFile(compaction.fileNumber(), "file"));
    assertThat(table.nextCompaction()).isNotNull();
  }

  @Test
  void shouldKeepFileAndTryAgainAtTheNextDropWhenCompactingFailed() {
    write(1, 2, 3, 4, 5, 6, 7);
    List.of(1, 2, 3, 4, 5).forEach(number -> table.drop(key(number)));
    SpillCompaction compaction = Objects.requireNonNull(table.nextCompaction());
    table.compacted(compaction, new SpillWrite.Failed("broken"));
    assertThat(table.nextCompaction()).isNull();
    assertThat(table.contains(key(6))).isTrue();
    table.drop(key(6));
    assertThat(table.nextCompaction()).isNotNull();
  }

  @Test
  void shouldHaveLessRoomWhenFilesAreThere() {
    assertThat(table.roomBytes()).isEqualTo(100_000);
    table.beginWrite(items(1));
    assertThat(table.roomBytes()).isEqualTo(100_000 - SpillTable.recordBytes(SIZE));
  }

  private SpillFile write(int... numbers) {
    SpillBatch batch = table.beginWrite(items(numbers));
    SpillWrite.Written whole = whole(batch);
    assertThat(table.written(batch, whole)).hasSize(numbers.length);
    return whole.file();
  }

  static SpillWrite.Written whole(SpillBatch batch) {
    SpillFile file = new SpillFile(batch.fileNumber(), "file");
    return new SpillWrite.Written(
        file,
        batch.items().stream()
            .map(item -> new SpillSlot(item.key(), file, 0, item.range().sizeBytes(), 0))
            .toList());
  }

  static SpillWrite.Written whole(SpillCompaction compaction) {
    SpillFile file = new SpillFile(compaction.fileNumber(), "file");
    return new SpillWrite.Written(
        file,
        compaction.slots().stream()
            .map(slot -> new SpillSlot(slot.key(), file, 0, slot.sizeBytes(), 0))
            .toList());
  }

  private static List<SpillItem> items(int... numbers) {
    List<SpillItem> items = new ArrayList<>();
    for (int number : numbers) {
      items.add(new SpillItem(key(number), new HeapRange(0, SIZE)));
    }
    return items;
  }

  private static StoreKey key(int number) {
    return new StoreKey(1, number);
  }
}
