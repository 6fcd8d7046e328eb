package io.mobula.store.chunk;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.ChildJvm;
import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.client.StoreClient;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.hold.HoldTables;
import io.mobula.store.hold.StoreReader;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.DeleteResult;
import io.mobula.store.table.SealResult;
import io.mobula.store.table.StoreTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client in a process of its own that ends, without any clean-up, at each step of putting its
 * second object into a chunk.
 */
@Timeout(120)
final class KilledChunkWriterTest {

  /** Where the client ends. */
  enum Failpoint {
    LEASED,
    RESERVED,
    HALF_WRITTEN,
    WRITTEN,
    SEALED,
    ABORTED,
    FULL
  }

  private static final int EXIT_CODE = 9;
  private static final long CHILD = 1;
  private static final StoreKey FIRST = new StoreKey(1, 1);
  private static final StoreKey SECOND = new StoreKey(1, 2);
  private static final int SIZE_BYTES = 100_000;
  private static final long CHUNK_BYTES = 1 << 20;
  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(16 << 20);

  private final Arena arena = Arena.ofAuto();
  private StoreFile file;
  private HoldTables tables;
  private StoreTable table;
  private ChunkLog log;
  private int number;

  /** Puts objects into a chunk. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
      Failpoint failpoint = Failpoint.valueOf(arguments[1]);
      int number = Integer.parseInt(arguments[2]);
      ChunkLease lease =
          new ChunkLease(
              new HeapRange(Long.parseLong(arguments[3]), CHUNK_BYTES),
              Integer.parseInt(arguments[4]));
      try (StoreClient store =
          StoreClient.openForCopies(Path.of(arguments[0]), 1, Runnable::run, System::nanoTime)) {
        StoreReader reader = store.reader(number, () -> {});
        ChunkWriter writer = store.chunkWriter(number, reader, lease);
        MemorySegment bytes = MemorySegment.ofArray(new byte[SIZE_BYTES]).fill((byte) 7);
        if (failpoint != Failpoint.LEASED) {
          ChunkSlot slot = requireNonNull(writer.reserve(SIZE_BYTES));
          store.copyIn(slot.range(), 0, bytes);
          writer.seal(slot, FIRST.high(), FIRST.low());
          putSecond(failpoint, store, writer, bytes);
        }
      }
      Runtime.getRuntime().halt(EXIT_CODE);
    }

    private static void putSecond(
        Failpoint failpoint, StoreClient store, ChunkWriter writer, MemorySegment bytes)
        throws IOException {
      ChunkSlot slot = requireNonNull(writer.reserve(SIZE_BYTES));
      endAt(failpoint, Failpoint.RESERVED);
      store.copyIn(slot.range(), 0, bytes.asSlice(0, SIZE_BYTES / 2));
      endAt(failpoint, Failpoint.HALF_WRITTEN);
      store.copyIn(slot.range(), 0, bytes);
      endAt(failpoint, Failpoint.WRITTEN);
      if (failpoint == Failpoint.ABORTED) {
        writer.abort(slot);
        endAt(failpoint, Failpoint.ABORTED);
      }
      writer.seal(slot, SECOND.high(), SECOND.low());
      endAt(failpoint, Failpoint.SEALED);
      while (writer.reserve(SIZE_BYTES) != null) {
        // Never sealed.
      }
    }

    private static void endAt(Failpoint failpoint, Failpoint now) {
      if (failpoint == now) {
        Runtime.getRuntime().halt(EXIT_CODE);
      }
    }
  }

  @BeforeEach
  void makeStore() throws IOException {
    file =
        StoreFile.create(
            StoreDirectory.preferred(), "chunk-" + ProcessHandle.current().pid(), LAYOUT, 1);
    MemorySegment store;
    try (FileChannel channel =
        FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      store = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
    }
    file.populateHoldTable(0);
    tables =
        new HoldTables(
            store.asSlice(LAYOUT.holdsOffset(), LAYOUT.holdsBytes()), LAYOUT, any -> true);
    table = new StoreTable(LAYOUT);
    table.clientJoined(CHILD);
    number = tables.assign(CHILD);
    log = new ChunkLog(store.asSlice(LAYOUT.chunkLogOffset(number), StoreLayout.CHUNK_LOG_BYTES));
    table.chunkLogGiven(CHILD, log);
    HeapRange extent = requireNonNull(table.growAhead(4 << 20));
    assertThat(file.populate(extent).isComplete()).isTrue();
    table.populateFinished(PopulateResult.complete(extent));
  }

  @AfterEach
  void leaveNothing() throws IOException {
    file.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepWhatWasSealedAndNothingElseWhenClientEndsAt(Failpoint failpoint) throws Exception {
    ChunkLease lease = requireNonNull(table.leaseChunk(CHILD, CHUNK_BYTES));
    try (ChildJvm child =
        ChildJvm.start(
            Client.class,
            file.path(),
            failpoint,
            number,
            lease.range().offset(),
            lease.generation())) {
      assertThat(child.awaitExit()).as(child.errors()).isEqualTo(EXIT_CODE);
      boolean isSecondSealed = failpoint == Failpoint.SEALED || failpoint == Failpoint.FULL;
      List<StoreKey> sealed =
          failpoint == Failpoint.LEASED
              ? List.of()
              : isSecondSealed ? List.of(FIRST, SECOND) : List.of(FIRST);

      table.closeChunk(CHILD);
      assertThat(table.takeChunked(CHILD)).isEqualTo(sealed);
      sealed.forEach(key -> assertThat(table.seal(key, CHILD, true)).isEqualTo(SealResult.SEALED));
      table.clientGone(CHILD);
      table.verify();
      tables.drop(number);
      log.clear();
      table.chunkLogEnded(log);
      table.verify();
      assertThat(table.usage().leasedBytes()).isZero();
      assertThat(table.usage().heap().usedBytes())
          .isEqualTo(sealed.size() * ChunkLayout.takenBytes(SIZE_BYTES));
      sealed.forEach(key -> assertThat(table.delete(key)).isEqualTo(DeleteResult.FREED));
      assertThat(table.usage().heap().usedBytes()).isZero();
    }
  }
}
