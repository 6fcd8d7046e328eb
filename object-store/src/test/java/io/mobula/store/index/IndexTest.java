package io.mobula.store.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class IndexTest {

  private static final int SLOTS = 128;
  private static final HeapRange RANGE = new HeapRange(4096, 100);

  private final MemorySegment memory =
      Arena.ofAuto().allocate((long) SLOTS * StoreLayout.INDEX_SLOT_BYTES, 64);
  private final IndexWriter writer = new IndexWriter(memory, SLOTS);
  private final IndexReader reader = new IndexReader(memory, SLOTS);

  @Test
  void shouldFindObjectWhenItIsPublished() {
    StoreKey key = new StoreKey(-3, 5);
    int slot = writer.publish(key, RANGE);
    assertThat(find(key)).isEqualTo(slot);
    assertThat(reader.offset(slot)).isEqualTo(RANGE.offset());
    assertThat(reader.sizeBytes(slot)).isEqualTo(RANGE.sizeBytes());
    assertThat(find(new StoreKey(5, -3))).isEqualTo(IndexReader.ABSENT);
  }

  @Test
  void shouldFindNothingWhenObjectIsWithdrawn() {
    StoreKey key = new StoreKey(1, 1);
    int slot = writer.publish(key, RANGE);
    long word = reader.word(slot);
    assertThat(reader.isAwaited(slot)).isFalse();
    writer.withdraw(slot);
    assertThat(find(key)).isEqualTo(IndexReader.ABSENT);
    assertThat(reader.isUnchanged(slot, word)).isFalse();
    assertThat(reader.isAwaited(slot)).isTrue();
  }

  @Test
  void shouldFindObjectAgainWhenItIsRestoredOrSettled() {
    StoreKey key = new StoreKey(1, 1);
    int slot = writer.publish(key, RANGE);
    long word = reader.word(slot);
    writer.withdraw(slot);
    writer.restoreWanted(slot);
    assertThat(find(key)).isEqualTo(slot);
    assertThat(reader.isUnchanged(slot, word)).isTrue();
    assertThat(reader.isAwaited(slot)).isTrue();
    writer.settle(slot);
    assertThat(reader.isAwaited(slot)).isFalse();
    writer.withdraw(slot);
    writer.settle(slot);
    assertThat(reader.word(slot)).isEqualTo(word);
  }

  @Test
  void shouldNotTakeNextObjectForSameWhenSlotIsReused() {
    StoreKey key = new StoreKey(1, 1);
    int slot = writer.publish(key, RANGE);
    long word = reader.word(slot);
    writer.withdraw(slot);
    writer.remove(slot);
    assertThat(writer.publish(key, RANGE)).isEqualTo(slot);
    assertThat(reader.isUnchanged(slot, word)).isFalse();
  }

  @Test
  void shouldFindObjectBehindTombstoneAndClearTombstonesFromTheEnd() {
    List<StoreKey> keys = sameHome(4);
    List<Integer> slots = keys.stream().map(key -> writer.publish(key, RANGE)).toList();
    remove(slots.get(1));
    assertThat(find(keys.get(2))).isEqualTo(slots.get(2));
    assertThat(state(slots.get(1))).isEqualTo(IndexLayout.TOMBSTONE);
    remove(slots.get(3));
    assertThat(state(slots.get(3))).isEqualTo(IndexLayout.EMPTY);
    assertThat(state(slots.get(1))).isEqualTo(IndexLayout.TOMBSTONE);
    remove(slots.get(2));
    assertThat(state(slots.get(2))).isEqualTo(IndexLayout.EMPTY);
    assertThat(state(slots.get(1))).isEqualTo(IndexLayout.EMPTY);
    assertThat(find(keys.get(0))).isEqualTo(slots.get(0));
  }

  @Test
  void shouldRefuseObjectWhenItsSlotsAreTaken() {
    List<StoreKey> keys = sameHome(IndexLayout.PROBE_MAX + 1);
    for (StoreKey key : keys.subList(0, IndexLayout.PROBE_MAX)) {
      assertThat(writer.publish(key, RANGE)).isNotEqualTo(IndexWriter.ABSENT);
    }
    StoreKey last = keys.getLast();
    assertThat(writer.publish(last, RANGE)).isEqualTo(IndexWriter.ABSENT);
    assertThat(find(last)).isEqualTo(IndexReader.ABSENT);
    remove(find(keys.get(20)));
    assertThat(writer.publish(last, RANGE)).isEqualTo(find(last));
  }

  @Test
  void shouldTellUseOnceWhenObjectIsUsed() {
    int slot = writer.publish(new StoreKey(1, 1), RANGE);
    assertThat(writer.takeUsed(slot)).isFalse();
    reader.markUsed(slot);
    assertThat(writer.takeUsed(slot)).isTrue();
    assertThat(writer.takeUsed(slot)).isFalse();
    reader.markUsed(slot);
    remove(slot);
    assertThat(writer.takeUsed(writer.publish(new StoreKey(1, 1), RANGE))).isFalse();
  }

  @Test
  void shouldThrowWhenStateDoesNotFit() {
    int slot = writer.publish(new StoreKey(1, 1), RANGE);
    assertThatThrownBy(() -> writer.remove(slot)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.restoreWanted(slot)).hasMessageContaining("slot=" + slot);
    assertThatThrownBy(() -> writer.settle(slot)).isInstanceOf(IllegalStateException.class);
    writer.withdraw(slot);
    assertThatThrownBy(() -> writer.withdraw(slot)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new IndexReader(memory, SLOTS / 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "keys={0}")
  @ValueSource(ints = {40, 100, 200})
  void shouldAgreeWithMapWhenHistoryIsRandom(int keyCount) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<StoreKey, Integer> slots = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      StoreKey key = new StoreKey(7, random.nextInt(keyCount));
      Integer slot = slots.get(key);
      if (slot != null) {
        assertThat(find(key)).as("seed=%d", seed).isEqualTo(slot);
        remove(slot);
        slots.remove(key);
      } else {
        assertThat(find(key)).as("seed=%d", seed).isEqualTo(IndexReader.ABSENT);
        int published = writer.publish(key, new HeapRange(64L * step, step));
        if (published != IndexWriter.ABSENT) {
          slots.put(key, published);
        }
      }
      assertThat(writer.size()).as("seed=%d", seed).isEqualTo(slots.size());
    }
    List.copyOf(slots.values()).forEach(this::remove);
    for (int slot = 0; slot < SLOTS; slot++) {
      assertThat(state(slot)).as("slot=%d, seed=%d", slot, seed).isNotEqualTo(IndexLayout.SEALED);
    }
  }

  @Test
  void shouldSpreadKeysWhenTheyDifferInFewBits() {
    int[] counts = new int[1024];
    for (int task = 0; task < 64; task++) {
      for (int number = 0; number < 64; number++) {
        counts[IndexLayout.home((long) task << 32 | 1, number, 1024)]++;
      }
    }
    for (int count : counts) {
      assertThat(count).isLessThan(20);
    }
  }

  private void remove(int slot) {
    writer.withdraw(slot);
    writer.remove(slot);
  }

  private int find(StoreKey key) {
    return reader.find(key.high(), key.low());
  }

  private long state(int slot) {
    return IndexLayout.state(reader.word(slot));
  }

  /** Keys whose first slot is the same. */
  private static List<StoreKey> sameHome(int count) {
    List<StoreKey> keys = new ArrayList<>();
    for (long low = 0; keys.size() < count; low++) {
      if (IndexLayout.home(9, low, SLOTS) == 120) {
        keys.add(new StoreKey(9, low));
      }
    }
    return keys;
  }
}
