package io.mobula.store.spill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.client.StoreClient;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every spill target must do. A subclass makes the target. */
abstract class SpillTargetContract {

  private static final long INCARNATION = 3;
  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(8 << 20);
  private static final int OBJECT_BYTES = 4 << 20;

  @TempDir Path folder;

  private StoreFile storeFile;
  private StoreClient store;
  private SpillTarget target;
  private byte[] contents = new byte[0];

  /** A target without files, in a part of this folder that does not exist yet. */
  abstract SpillTarget open(Path parent) throws IOException;

  /** Spoils a byte of a file. */
  abstract void spoil(SpillFile file, long offset) throws IOException;

  /** Whether nothing of the target's files is left. */
  abstract boolean isEmpty(Path parent) throws IOException;

  @BeforeEach
  void open() throws IOException {
    contents = new byte[OBJECT_BYTES];
    new Random(7).nextBytes(contents);
    storeFile = StoreFile.create(new StoreDirectory(folder), "spill", LAYOUT, INCARNATION);
    assertThat(storeFile.populate(LAYOUT.heap()).isComplete()).isTrue();
    store =
        StoreClient.openForCopies(
            storeFile.path(), INCARNATION, Runnable::run, new Pace(touchNanos())::next);
    store.copyIn(range(0, OBJECT_BYTES), 0, MemorySegment.ofArray(contents));
    target = open(folder.resolve("target"));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    storeFile.close();
    target.close();
    target.close();
    assertThat(isEmpty(folder.resolve("target"))).isTrue();
  }

  @Test
  void shouldReadBackWhatWasWrittenWhenObjectsHaveAnySize() throws IOException {
    int[] sizes = {0, 1, 39, 40, 4096, 256 << 10, (256 << 10) + 1, 1_000_003};
    SpillWrite.Written written = write(1, sizes);
    assertThat(written.slots()).hasSize(sizes.length);
    for (SpillSlot slot : written.slots()) {
      assertThat(read(slot)).isEqualTo(original(slot));
    }
  }

  @Test
  void shouldKeepWhatIsNeededWhenFileIsCompacted() throws IOException {
    SpillWrite.Written written = write(1, 100, 70_000, 0, 300_000);
    List<SpillSlot> kept = List.of(written.slots().get(1), written.slots().get(2));
    SpillWrite result = target.compact(new SpillCompaction(2, kept));
    assertThat(result).isInstanceOf(SpillWrite.Written.class);
    target.delete(written.file());
    for (SpillSlot slot : ((SpillWrite.Written) result).slots()) {
      assertThat(slot.file().number()).isEqualTo(2);
      assertThat(read(slot)).isEqualTo(original(slot));
    }
  }

  @Test
  void shouldFailWhenBytesOrTrailerHaveChanged() throws IOException {
    SpillWrite.Written written = write(1, 5_000, 5_000);
    SpillSlot first = written.slots().getFirst();
    SpillSlot last = written.slots().getLast();
    spoil(first.file(), first.offset() + 4_321);
    spoil(last.file(), last.offset() + last.sizeBytes() + 9);
    assertThat(target.read(first, store, range(0, 5_000))).isInstanceOf(SpillRead.Failed.class);
    assertThat(target.read(last, store, range(0, 5_000))).isInstanceOf(SpillRead.Failed.class);
    assertThat(target.compact(new SpillCompaction(2, List.of(first))))
        .isInstanceOf(SpillWrite.Failed.class);
    // Nothing of it is left: the name is free again.
    assertThat(read(write(2, 10).slots().getFirst())).hasSize(10);
  }

  @Test
  void shouldFailWhenFileIsGone() throws IOException {
    SpillWrite.Written written = write(1, 5_000);
    target.delete(written.file());
    target.delete(written.file());
    SpillSlot slot = written.slots().getFirst();
    assertThat(target.read(slot, store, range(0, 5_000))).isInstanceOf(SpillRead.Failed.class);
    assertThat(target.compact(new SpillCompaction(2, List.of(slot))))
        .isInstanceOf(SpillWrite.Failed.class);
  }

  /** How long this process seems to take for touching memory. */
  long touchNanos() {
    return 1;
  }

  SpillWrite.Written write(long number, int... sizes) {
    List<SpillItem> items = new ArrayList<>();
    long offset = 0;
    for (int size : sizes) {
      items.add(new SpillItem(new StoreKey(offset, size), range(offset, size)));
      offset += size;
    }
    SpillWrite result = target.write(new SpillBatch(number, items), store);
    assertThat(result).isInstanceOf(SpillWrite.Written.class);
    return (SpillWrite.Written) result;
  }

  SpillTarget target() {
    return target;
  }

  StoreClient store() {
    return store;
  }

  /** A part of the store's heap. */
  static HeapRange range(long at, long sizeBytes) {
    return new HeapRange(LAYOUT.heapOffset() + at, sizeBytes);
  }

  /** The test keys name the offset in the store. */
  private byte[] original(SpillSlot slot) {
    int from = Math.toIntExact(slot.key().high());
    return Arrays.copyOfRange(contents, from, from + Math.toIntExact(slot.sizeBytes()));
  }

  private byte[] read(SpillSlot slot) throws IOException {
    HeapRange destination = range(OBJECT_BYTES + 1_000_000, slot.sizeBytes());
    assertThat(target.read(slot, store, destination)).isEqualTo(new SpillRead.Complete());
    byte[] bytes = new byte[Math.toIntExact(slot.sizeBytes())];
    store.copyOut(destination, 0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /** A clock on which every look takes as long. */
  private static final class Pace {
    private final long stepNanos;
    private long nowNanos;

    Pace(long stepNanos) {
      this.stepNanos = stepNanos;
    }

    long next() {
      nowNanos += stepNanos;
      return nowNanos;
    }
  }
}
