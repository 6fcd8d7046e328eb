package io.mobula.store.spill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories against an oracle: what is written and not dropped can be read, from a file that
 * has it; what is read is in no deleted file; in the end no file is left.
 */
final class SpillTableHistoryTest {

  private static final int SEEDS = 200;
  private static final int STEPS = 1_000;

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  private final SpillTable table = new SpillTable(Long.MAX_VALUE);
  private final Set<StoreKey> live = new HashSet<>();
  private final Map<Long, Set<StoreKey>> files = new HashMap<>();
  private final List<SpillBatch> writing = new ArrayList<>();
  private final List<SpillCompaction> compacting = new ArrayList<>();
  private final List<SpillSlot> reading = new ArrayList<>();
  private long lastKey;

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldAgreeWithOracleWhateverHappens(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      step(random);
      check();
    }
    Set.copyOf(live).forEach(this::drop);
    while (!writing.isEmpty() || !reading.isEmpty() || !compacting.isEmpty()) {
      endWrite(random);
      endRead(random);
      endCompaction(random);
    }
    delete();
    check();
    assertThat(files).isEmpty();
    assertThat(table.usage()).isEqualTo(new SpillUsage(0, 0, 0, 0));
  }

  private void step(Random random) {
    switch (random.nextInt(9)) {
      case 0 -> beginWrite(random);
      case 1 -> endWrite(random);
      case 2, 3, 4 -> {
        if (!live.isEmpty()) {
          drop(pick(random, List.copyOf(live)));
        }
      }
      case 5 -> {
        List<StoreKey> readable = live.stream().filter(table::contains).toList();
        if (!readable.isEmpty()) {
          SpillSlot slot = table.beginRead(pick(random, readable));
          assertThat(files.get(slot.file().number())).contains(slot.key());
          reading.add(slot);
        }
      }
      case 6 -> endRead(random);
      case 7 -> {
        SpillCompaction next = table.nextCompaction();
        if (next != null) {
          assertThat(compacting).isEmpty();
          compacting.add(next);
        } else {
          endCompaction(random);
        }
      }
      default -> delete();
    }
  }

  private void beginWrite(Random random) {
    List<SpillItem> items = new ArrayList<>();
    for (int count = 1 + random.nextInt(8); count > 0; count--) {
      StoreKey key = new StoreKey(0, ++lastKey);
      items.add(new SpillItem(key, new HeapRange(0, random.nextInt(3) * random.nextLong(1_000))));
      live.add(key);
    }
    writing.add(table.beginWrite(items));
  }

  private void endWrite(Random random) {
    if (writing.isEmpty()) {
      return;
    }
    SpillBatch batch = writing.remove(random.nextInt(writing.size()));
    List<StoreKey> keys = batch.items().stream().map(SpillItem::key).toList();
    if (random.nextInt(5) == 0) {
      assertThat(table.written(batch, new SpillWrite.Failed("broken"))).isEmpty();
      keys.forEach(live::remove);
    } else {
      files.put(batch.fileNumber(), new HashSet<>(keys));
      assertThat(table.written(batch, SpillTableTest.whole(batch)))
          .containsExactlyElementsOf(keys.stream().filter(live::contains).toList());
    }
  }

  private void endCompaction(Random random) {
    if (compacting.isEmpty()) {
      return;
    }
    SpillCompaction done = compacting.removeFirst();
    if (random.nextInt(4) == 0) {
      table.compacted(done, new SpillWrite.NoRoom("full"));
      return;
    }
    Set<StoreKey> keys = new HashSet<>();
    for (SpillSlot slot : done.slots()) {
      assertThat(files.get(slot.file().number())).contains(slot.key());
      keys.add(slot.key());
    }
    files.put(done.fileNumber(), keys);
    table.compacted(done, SpillTableTest.whole(done));
  }

  private void endRead(Random random) {
    if (!reading.isEmpty()) {
      SpillSlot done = reading.remove(random.nextInt(reading.size()));
      assertThat(files.get(done.file().number())).contains(done.key());
      table.endRead(done);
    }
  }

  private void delete() {
    for (SpillFile file = table.nextDeletion(); file != null; file = table.nextDeletion()) {
      assertThat(files.remove(file.number())).isNotNull();
      table.deleted(file);
    }
  }

  private void drop(StoreKey key) {
    live.remove(key);
    assertThat(table.drop(key)).isTrue();
    assertThat(table.drop(key)).isFalse();
  }

  private void check() {
    table.verify();
    for (StoreKey key : live) {
      assertThat(table.contains(key) || table.isWriting(key)).as("live: %s", key).isTrue();
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
