package io.mobula.store.chunk;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import org.junit.jupiter.api.Test;

/** A client's writer and the owner's log, over the same memory. */
final class ChunkWriterTest {

  private static final long START = 1 << 20;
  private static final long CHUNK_BYTES = 64 << 10;

  private final SharedMemory memory = new SharedMemory(1 << 20);
  private final int table = memory.tables().assign(1);
  private final StoreReader reader = memory.reader(table);
  private final ChunkLog log = new ChunkLog(memory.chunkLog(table));
  private final ChunkWriter writer = open();

  @Test
  void shouldPutObjectsOneBehindTheOther() {
    ChunkSlot first = reserve(writer, 100);
    ChunkSlot second = reserve(writer, 64);
    ChunkSlot third = reserve(writer, 1);
    assertThat(first.range()).isEqualTo(new HeapRange(START, 100));
    assertThat(second.range()).isEqualTo(new HeapRange(START + 128, 64));
    assertThat(third.range()).isEqualTo(new HeapRange(START + 192, 1));
    assertThat(log.state(0)).isEqualTo(ChunkLog.State.RESERVED);
    assertThat(log.state(3)).isEqualTo(ChunkLog.State.FREE);
    assertThat(log.offset(2)).isEqualTo(192);
    assertThat(log.sizeBytes(0)).isEqualTo(100);

    writer.seal(second, -7, 9);
    writer.abort(first);
    assertThat(log.state(0)).isEqualTo(ChunkLog.State.ABORTED);
    assertThat(log.state(1)).isEqualTo(ChunkLog.State.SEALED);
    assertThat(log.key(1)).isEqualTo(new StoreKey(-7, 9));
    assertThat(log.sizeBytes(1)).isEqualTo(64);
    assertThat(log.offset(1)).isEqualTo(128);
  }

  @Test
  void shouldCloseChunkWhenObjectDoesNotFit() {
    reserve(writer, CHUNK_BYTES - 64);
    assertThat(writer.reserve(65)).isNull();
    assertThat(log.state(1)).isEqualTo(ChunkLog.State.CLOSED);
    assertThat(writer.reserve(1)).isNull();
    assertThat(reader.heldCount()).isEqualTo(1);
  }

  @Test
  void shouldFillChunkToItsEnd() {
    assertThat(reserve(writer, CHUNK_BYTES).range()).isEqualTo(new HeapRange(START, CHUNK_BYTES));
    assertThat(writer.reserve(1)).isNull();
  }

  @Test
  void shouldHaveNoRoomWhenAllRecordsAreUsed() {
    for (int i = 0; i < ChunkLayout.RECORD_COUNT; i++) {
      writer.abort(reserve(writer, 1));
    }
    assertThat(writer.reserve(1)).isNull();
    assertThat(log.close(0)).isEqualTo(ChunkLayout.RECORD_COUNT);
    assertThat(reader.heldCount()).isZero();
  }

  @Test
  void shouldKeepWhatWasReservedWhenOwnerCloses() {
    ChunkSlot slot = reserve(writer, 100);
    assertThat(log.close(0)).isEqualTo(1);
    assertThat(log.close(0)).isEqualTo(1);
    assertThat(writer.reserve(1)).isNull();
    writer.seal(slot, 1, 2);
    assertThat(log.state(0)).isEqualTo(ChunkLog.State.SEALED);
    assertThat(log.state(1)).isEqualTo(ChunkLog.State.CLOSED);
  }

  @Test
  void shouldLeaveNextChunkAloneWhenWriterMeansTheLastOne() {
    writer.abort(reserve(writer, 100));
    log.close(0);
    ChunkWriter next = open();
    assertThat(writer.reserve(1)).isNull();
    assertThat(log.state(0)).isEqualTo(ChunkLog.State.FREE);
    assertThat(reserve(next, 1).range().offset()).isEqualTo(START);
    assertThat(writer.reserve(1)).isNull();
  }

  @Test
  void shouldHaveNoRoomWhenLogWasCleared() {
    log.clear();
    assertThat(writer.reserve(1)).isNull();
    assertThat(log.state(0)).isEqualTo(ChunkLog.State.CLOSED);
  }

  @Test
  void shouldGoOnWithFirstGenerationWhenTheyHaveRunOut() {
    for (int i = 2; i < ChunkLayout.GENERATION_MAX; i++) {
      log.open();
    }
    assertThat(log.open()).isEqualTo(ChunkLayout.GENERATION_MAX);
    assertThat(log.open()).isEqualTo(1);
  }

  @Test
  void shouldKeepTableWhenClosedUntilTheLastObjectIsSealed() {
    ChunkSlot first = reserve(writer, 100);
    ChunkSlot second = reserve(writer, 100);
    reader.close();
    assertThat(writer.reserve(1)).isNull();
    writer.seal(first, 1, 1);
    assertThat(memory.tables().isClosed(table)).isFalse();
    writer.abort(second);
    assertThat(memory.tables().isClosed(table)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoObjectForAChunk() {
    assertThatThrownBy(() -> writer.reserve(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.reserve(ChunkLayout.OBJECT_BYTES_END))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ChunkWriter open() {
    return new ChunkWriter(
        reader,
        memory.chunkLog(table),
        new ChunkLease(new HeapRange(START, CHUNK_BYTES), log.open()));
  }

  private static ChunkSlot reserve(ChunkWriter writer, long sizeBytes) {
    return requireNonNull(writer.reserve(sizeBytes));
  }
}
