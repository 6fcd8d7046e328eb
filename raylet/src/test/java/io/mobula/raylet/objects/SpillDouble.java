package io.mobula.raylet.objects;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillItem;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk that takes its time and sometimes fails, for histories: what is begun ends when {@link
 * #endOne} says so. It checks that what is read exists, and copies contents if it is given any.
 */
final class SpillDouble {
  private final Random random;
  private final ObjectTableFixture node;
  private final ObjectOracle oracle;
  private final List<ObjectEffect> begun = new ArrayList<>();
  private final Map<Long, Map<StoreKey, Long>> files = new HashMap<>();

  /** What the store's memory holds, by offset. */
  final Map<Long, Long> memory = new HashMap<>();

  boolean isFailing = true;
  int writes;
  int reads;
  int compactions;

  SpillDouble(Random random, ObjectTableFixture node, ObjectOracle oracle) {
    this.random = random;
    this.node = node;
    this.oracle = oracle;
  }

  void begin(ObjectEffect effect) {
    begun.add(effect);
    switch (effect) {
      case ObjectEffect.Spill(SpillBatch batch) -> {
        for (SpillItem item : batch.items()) {
          oracle.begin(item, item.range(), false);
        }
      }
      case ObjectEffect.Restore restore -> {
        fileOf(restore.slot());
        oracle.begin(restore, restore.destination(), true);
      }
      case ObjectEffect.CompactSpill(SpillCompaction compaction) ->
          compaction.slots().forEach(this::fileOf);
      case ObjectEffect.DeleteSpill _ -> {}
      default -> throw new AssertionError("not the disk's: " + effect);
    }
  }

  boolean isBusy() {
    return !begun.isEmpty();
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  void endOne() {
    if (begun.isEmpty()) {
      return;
    }
    switch (begun.remove(random.nextInt(begun.size()))) {
      case ObjectEffect.Spill(SpillBatch batch) -> {
        batch.items().forEach(oracle::end);
        node.table.spilled(batch, write(batch), node.now);
      }
      case ObjectEffect.Restore restore -> {
        oracle.end(restore);
        node.table.restored(restore.slot(), read(restore), node.now);
      }
      case ObjectEffect.CompactSpill(SpillCompaction compaction) ->
          node.table.compacted(compaction, compact(compaction), node.now);
      case ObjectEffect.DeleteSpill(SpillFile file) -> {
        assertThat(files.remove(file.number())).isNotNull();
        node.table.spillDeleted(file, node.now);
      }
      default -> throw new AssertionError();
    }
  }

  private SpillWrite write(SpillBatch batch) {
    if (fails()) {
      return random.nextBoolean() ? new SpillWrite.NoRoom("full") : new SpillWrite.Failed("broken");
    }
    writes++;
    SpillFile file = new SpillFile(batch.fileNumber(), "file");
    Map<StoreKey, Long> contents = new HashMap<>();
    List<SpillSlot> slots = new ArrayList<>();
    for (SpillItem item : batch.items()) {
      contents.put(item.key(), memory.getOrDefault(item.range().offset(), 0L));
      slots.add(new SpillSlot(item.key(), file, 0, item.range().sizeBytes(), 0));
    }
    files.put(file.number(), contents);
    return new SpillWrite.Written(file, slots);
  }

  private SpillRead read(ObjectEffect.Restore restore) {
    Long content = fileOf(restore.slot()).get(restore.slot().key());
    assertThat(content).isNotNull();
    if (fails()) {
      return new SpillRead.Failed("unreadable");
    }
    reads++;
    HeapRange range = restore.destination();
    assertThat(range.sizeBytes()).isEqualTo(restore.slot().sizeBytes());
    memory.put(range.offset(), content);
    return new SpillRead.Complete();
  }

  private SpillWrite compact(SpillCompaction compaction) {
    if (fails()) {
      return new SpillWrite.NoRoom("full");
    }
    compactions++;
    SpillFile file = new SpillFile(compaction.fileNumber(), "file");
    Map<StoreKey, Long> contents = new HashMap<>();
    List<SpillSlot> slots = new ArrayList<>();
    for (SpillSlot slot : compaction.slots()) {
      Long content = fileOf(slot).get(slot.key());
      assertThat(content).isNotNull();
      contents.put(slot.key(), content);
      slots.add(new SpillSlot(slot.key(), file, 0, slot.sizeBytes(), 0));
    }
    files.put(file.number(), contents);
    return new SpillWrite.Written(file, slots);
  }

  private Map<StoreKey, Long> fileOf(SpillSlot slot) {
    return requireNonNull(files.get(slot.file().number()), () -> "file of " + slot);
  }

  private boolean fails() {
    return isFailing && random.nextInt(8) == 0;
  }
}
