package io.mobula.raylet.objects;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.LeasedChunk;
import io.mobula.proto.Packet;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.chunk.ChunkSlot;
import io.mobula.store.chunk.ChunkWriter;
import io.mobula.store.hold.StoreReader;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that put objects into the memory that they lease. */
final class ChunkLeasesTest {
  private static final long CAPACITY = 64 << 20;
  private static final long CHUNK = 1 << 20;
  private static final int SIZE = 100 << 10;
  private static final long W1 = ProcessAddress.of(ObjectTableFixture.NODE, 1);
  private static final long W2 = ProcessAddress.of(ObjectTableFixture.NODE, 2);
  private static final long LAPTOP = ProcessAddress.of(ObjectTableFixture.NODE, 3);
  private static final long FAR_OWNER = ProcessAddress.of(2, 5);

  private final ObjectTableFixture node =
      new ObjectTableFixture(CAPACITY, CAPACITY, ObjectTableFixture.NO_SPILLING);
  private final NodeObjectTable table = node.table;
  private final MemorySegment logMemory = memory(StoreLayout.CHUNK_LOG_BYTES);
  private final ChunkLog log = new ChunkLog(logMemory);
  private final StoreReader reader = reader();
  private final ObjectKey mine = new ObjectKey(W1, 50);
  private final ObjectKey result = new ObjectKey(FAR_OWNER, 51);
  private long nextKey = 100;

  @BeforeEach
  void join() {
    table.chunkLogGiven(W1, log);
    table.clientJoined(W1, true);
    table.clientJoined(W2, true);
    table.clientJoined(LAPTOP, false);
  }

  @AfterEach
  void verify() {
    node.store.verify();
  }

  @Test
  void shouldLeaseChunkWhenProcessAsksForOneObjectAfterTheOther() {
    assertThat(create(W1, SIZE).hasChunk()).isFalse();
    LeasedChunk chunk = create(W1, SIZE).getChunk();
    assertThat(chunk.getSizeBytes()).isEqualTo(CHUNK);
    assertThat(chunk.getGeneration()).isPositive();
    assertThat(node.store.usage().leasedBytes()).isEqualTo(CHUNK);
    assertThat(table.usage().usedBytes()).as("that objects take").isEqualTo(2 * SIZE);
    assertThat(create(W1, SIZE).hasChunk()).as("it has one").isFalse();
  }

  @Test
  void shouldLeaseNothingToWhoAsksSeldomOrForMuchOrHasNoMemory() {
    create(W1, SIZE);
    node.advance(Duration.ofNanos(ChunkLeases.PAIR_NANOS));
    assertThat(create(W1, SIZE).hasChunk()).isFalse();
    assertThat(create(W1, (int) CHUNK / 8 + 1).hasChunk()).isFalse();
    create(W2, SIZE);
    assertThat(create(W2, SIZE).hasChunk()).as("no log").isFalse();
    create(LAPTOP, SIZE);
    assertThat(create(LAPTOP, SIZE).hasChunk()).as("no shared memory").isFalse();
  }

  @Test
  void shouldLeaseNothingWhenStoreIsNearlyFull() {
    create(W1, (int) (CAPACITY - CHUNK));
    create(W1, SIZE);
    assertThat(create(W1, SIZE).hasChunk()).isFalse();
  }

  @Test
  void shouldAnswerReaderWhenReferenceIsFasterThanSeal() {
    ChunkWriter writer = lease();
    ChunkSlot slot = put(writer, mine);
    table.fetch(W2, 9, ObjectTableFixture.stored(mine, SIZE, 1), FetchPurpose.GET, node.now);
    Packet answer = packet();
    assertThat(answer.getObjectAvailable().getOffset()).isEqualTo(slot.range().offset());
    assertThat(answer.getObjectAvailable().getSizeBytes()).isEqualTo(SIZE);
    table.chunked(W1, node.now);
    assertThat(node.effects()).isEmpty();
    table.free(List.of(mine), node.now);
    table.release(W2, mine, node.now);
    assertThat(table.usage().objects()).isEqualTo(2);
  }

  @Test
  void shouldServeOtherNodeWhenReferenceIsFasterThanSeal() {
    ChunkWriter writer = lease();
    ChunkSlot slot = put(writer, mine);
    table.serve(77, new PartRequest(mine, SIZE, 0, SIZE, 2), node.now);
    assertThat(node.effects())
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectEffect.Serve.class,
            serve -> assertThat(serve.range().offset()).isEqualTo(slot.range().offset()));
  }

  @Test
  void shouldFreeObjectWhenFreeIsFasterThanSeal() {
    ChunkWriter writer = lease();
    put(writer, mine);
    table.free(List.of(mine), node.now);
    table.chunked(W1, node.now);
    assertThat(node.effects()).isEmpty();
    assertThat(table.usage().objects()).isEqualTo(2);
    assertThat(table.usage().usedBytes()).isEqualTo(2 * SIZE);
  }

  @Test
  void shouldTellOwnerOfResultInChunk() {
    ChunkWriter writer = lease();
    put(writer, result);
    table.chunked(W1, node.now);
    Packet told = packet();
    assertThat(told.getTo()).isEqualTo(FAR_OWNER);
    assertThat(told.getLocationAdded().getPrimary()).isTrue();
    table.processDied(FAR_OWNER, node.now);
    put(writer, new ObjectKey(FAR_OWNER, 52));
    table.chunked(W1, node.now);
    assertThat(table.usage().objects()).as("of a dead owner").isEqualTo(2);
  }

  @Test
  void shouldGiveMemoryBackWhenObjectIsGivenUp() {
    ChunkWriter writer = lease();
    writer.abort(requireNonNull(writer.reserve(SIZE)));
    table.chunked(W1, node.now);
    assertThat(node.store.usage().leasedBytes()).isEqualTo(CHUNK - SIZE);
  }

  @Test
  void shouldKeepResultsAndFreeTheRestWhenWriterDies() {
    ChunkWriter writer = lease();
    put(writer, mine);
    put(writer, result);
    requireNonNull(writer.reserve(SIZE));
    table.processDied(W1, node.now);
    assertThat(packet().getLocationAdded().getId()).isEqualTo(result.toProto());
    assertThat(table.usage().objects()).isEqualTo(1);
    assertThat(node.store.usage().leasedBytes()).as("it may be writing still").isEqualTo(SIZE);
    table.chunkLogEnded(log);
    assertThat(node.store.usage().leasedBytes()).isZero();
    assertThat(table.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldEndChunkWhenOthersNeedTheRoom() {
    ChunkWriter writer = lease();
    put(writer, mine);
    long leftBytes = CAPACITY - 2 * SIZE - 4096;
    table.free(List.of(mine), node.now);
    assertThat(node.store.usage().leasedBytes()).isPositive();
    assertThat(create(W2, (int) (leftBytes - 2 * SIZE)).hasId()).isTrue();
    assertThat(node.store.usage().leasedBytes()).isZero();
    assertThat(writer.reserve(SIZE)).isNull();
  }

  @Test
  void shouldEndChunkThatNobodyUses() {
    ChunkWriter writer = lease();
    put(writer, mine);
    node.advance(Duration.ofNanos(ChunkLeases.IDLE_NANOS));
    assertThat(node.store.usage().leasedBytes()).as("was used").isEqualTo(CHUNK - SIZE);
    assertThat(table.nextTimeNanos()).isEqualTo(node.now + ChunkLeases.IDLE_NANOS);
    node.advance(Duration.ofNanos(ChunkLeases.IDLE_NANOS));
    assertThat(node.store.usage().leasedBytes()).isZero();
    assertThat(table.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(writer.reserve(SIZE)).isNull();
    assertThat(table.usage().objects()).as("what was put stays").isEqualTo(3);
  }

  private io.mobula.proto.ObjectCreated create(long client, int sizeBytes) {
    ObjectKey key = new ObjectKey(client, nextKey++);
    table.create(client, 1, key, sizeBytes, node.now);
    Packet packet = packet();
    table.seal(client, key, node.now);
    return packet.getObjectCreated();
  }

  private ChunkWriter lease() {
    create(W1, SIZE);
    LeasedChunk chunk = create(W1, SIZE).getChunk();
    ChunkLease lease =
        new ChunkLease(
            new HeapRange(chunk.getOffset(), chunk.getSizeBytes()), chunk.getGeneration());
    return new ChunkWriter(reader, logMemory, lease);
  }

  /** Seals an object of which the raylet has not heard. */
  private static ChunkSlot put(ChunkWriter writer, ObjectKey key) {
    ChunkSlot slot = requireNonNull(writer.reserve(SIZE));
    writer.seal(slot, key.owner(), key.sequence());
    return slot;
  }

  private Packet packet() {
    List<ObjectEffect> effects = node.effects();
    assertThat(effects).hasSize(1);
    return ((ObjectEffect.Send) effects.getFirst()).packet();
  }

  private static StoreReader reader() {
    StoreLayout layout = StoreLayout.ofCapacity(CAPACITY);
    return StoreReader.of(
        memory(layout.indexBytes()), memory(StoreLayout.HOLD_TABLE_BYTES), layout, () -> {});
  }

  private static MemorySegment memory(long bytes) {
    return MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
  }
}
