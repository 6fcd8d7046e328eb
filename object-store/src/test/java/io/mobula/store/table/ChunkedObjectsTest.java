package io.mobula.store.table;

import static io.mobula.store.table.StoreTables.OTHER;
import static io.mobula.store.table.StoreTables.READER;
import static io.mobula.store.table.StoreTables.WRITER;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.StoreKey;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.chunk.ChunkSlot;
import io.mobula.store.chunk.ChunkWriter;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An object table, and a client that puts objects into its chunk. */
final class ChunkedObjectsTest {

  private static final long CAPACITY = 1 << 20;
  private static final long CHUNK = 128 << 10;
  private static final StoreKey KEY = StoreTables.key(1);
  private static final StoreKey OTHER_KEY = StoreTables.key(2);

  private final SharedMemory memory = new SharedMemory(CAPACITY, 64, 2);
  private final StoreTable table = StoreTables.populated(memory.layout(), memory.shared());
  private final int number = memory.tables().assign(WRITER);
  private final StoreReader reader = memory.reader(number);
  private final ChunkLog log = new ChunkLog(memory.chunkLog(number));

  ChunkedObjectsTest() {
    table.chunkLogGiven(WRITER, log);
  }

  @AfterEach
  void verify() {
    table.verify();
  }

  @Test
  void shouldEnterObjectsThatClientHasSealed() {
    ChunkWriter writer = lease();
    ChunkSlot first = reserve(writer, 100);
    ChunkSlot second = reserve(writer, 200);
    assertThat(table.takeChunked(WRITER)).isEmpty();
    writer.seal(second, KEY.high(), KEY.low());
    assertThat(table.takeChunked(WRITER)).containsExactly(KEY);
    assertThat(table.takeChunked(WRITER)).isEmpty();
    assertThat(table.state(KEY)).isEqualTo(ObjectState.CREATED);
    assertThat(table.sizeBytes(KEY)).isEqualTo(200);
    assertThat(table.seal(KEY, WRITER, true)).isEqualTo(SealResult.SEALED);
    assertThat(table.hold(KEY, READER)).isEqualTo(new HoldResult.Ready(second.range()));
    assertThat(table.usage().leasedBytes()).isEqualTo(CHUNK - 256);
    assertThat(table.usage().objectBytes()).isEqualTo(256);
    table.verify();

    writer.abort(first);
    table.takeChunked(WRITER);
    assertThat(table.usage().leasedBytes()).isEqualTo(CHUNK - 256 - 128);
    assertThat(table.chunkedCount(WRITER)).isEqualTo(2);
  }

  @Test
  void shouldFreeRestAtOnceWhenChunkIsClosed() {
    ChunkWriter writer = lease();
    ChunkSlot slot = reserve(writer, 100);
    assertThat(table.closeChunks()).isTrue();
    assertThat(table.usage().leasedBytes()).isEqualTo(128);
    assertThat(writer.reserve(1)).isNull();
    assertThat(table.leaseChunk(WRITER, CHUNK)).as("still writing").isNull();
    writer.seal(slot, KEY.high(), KEY.low());
    assertThat(table.takeChunked(WRITER)).containsExactly(KEY);
    assertThat(table.chunkClients()).isEmpty();
    assertThat(table.leaseChunk(WRITER, CHUNK)).isNotNull();
  }

  @Test
  void shouldFreeRestWhenClientHasClosedFullChunk() {
    ChunkWriter writer = lease();
    writer.seal(reserve(writer, CHUNK - 64), KEY.high(), KEY.low());
    assertThat(writer.reserve(65)).isNull();
    assertThat(table.takeChunked(WRITER)).containsExactly(KEY);
    assertThat(table.usage().leasedBytes()).isZero();
    assertThat(table.chunkedCount(WRITER)).isEqualTo(-1);
  }

  @Test
  void shouldLeaseNothingWithoutLogOrRoom() {
    assertThat(table.leaseChunk(OTHER, CHUNK)).isNull();
    assertThat(table.leaseChunk(WRITER, CAPACITY + 64)).isNull();
    lease();
    assertThat(table.leaseChunk(WRITER, CHUNK)).as("has one").isNull();
    assertThat(table.usage().leasedBytes()).isEqualTo(CHUNK);
  }

  @Test
  void shouldDropObjectWhoseKeyIsInUse() {
    StoreTables.createSealed(table, KEY, 10, true);
    ChunkWriter writer = lease();
    writer.seal(reserve(writer, 100), KEY.high(), KEY.low());
    writer.seal(reserve(writer, 100), OTHER_KEY.high(), OTHER_KEY.low());
    assertThat(table.takeChunked(WRITER)).containsExactly(OTHER_KEY);
    assertThat(table.sizeBytes(KEY)).isEqualTo(10);
    assertThat(table.usage().leasedBytes()).isEqualTo(CHUNK - 256);
  }

  @Test
  void shouldKeepWhatWasBeingWrittenUntilNobodyCanWriteWhenClientIsGone() {
    ChunkWriter writer = lease();
    ChunkSlot slot = reserve(writer, 100);
    writer.seal(reserve(writer, 200), KEY.high(), KEY.low());
    table.closeChunk(WRITER);
    assertThat(table.takeChunked(WRITER)).containsExactly(KEY);
    ClientGone gone = table.clientGone(WRITER);
    assertThat(gone.aborted()).containsExactly(KEY);
    assertThat(table.usage().leasedBytes()).isEqualTo(128);
    assertThat(table.chunkClients()).isEmpty();
    writer.seal(slot, OTHER_KEY.high(), OTHER_KEY.low());
    table.verify();

    table.chunkLogEnded(log);
    assertThat(table.usage().heap().usedBytes()).isZero();
    table.clientJoined(WRITER);
    assertThat(table.leaseChunk(WRITER, CHUNK)).isNull();
  }

  @Test
  void shouldGiveNothingAwayWhenClientWritesNonsense() {
    ChunkWriter writer = lease();
    writer.seal(reserve(writer, 100), KEY.high(), KEY.low());
    reserve(writer, 100);
    // The second record's offset and size.
    long word = memory.chunkLog(number).get(ValueLayout.JAVA_LONG, 32);
    memory.chunkLog(number).set(ValueLayout.JAVA_LONG, 32, word ^ (0xFFFFFL << 23));
    assertThat(table.takeChunked(WRITER)).containsExactly(KEY);
    table.seal(KEY, WRITER, true);
    assertThat(table.closeChunks()).isFalse();
    assertThat(table.usage().leasedBytes()).isEqualTo(CHUNK - 128);
    assertThat(table.leaseChunk(WRITER, CHUNK)).isNull();
    table.clientGone(WRITER);
    table.chunkLogEnded(log);
    assertThat(table.usage().leasedBytes()).isZero();
    assertThat(table.delete(KEY)).isEqualTo(DeleteResult.FREED);
    assertThat(List.of(table.usage().heap().usedBytes())).containsExactly(0L);
  }

  private ChunkWriter lease() {
    ChunkLease lease = requireNonNull(table.leaseChunk(WRITER, CHUNK));
    return new ChunkWriter(reader, memory.chunkLog(number), lease);
  }

  private static ChunkSlot reserve(ChunkWriter writer, long sizeBytes) {
    return requireNonNull(writer.reserve(sizeBytes));
  }
}
