package io.mobula.store.hold;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.ChildJvm;
import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.index.IndexReader;
import io.mobula.store.index.IndexWriter;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.ClientGone;
import io.mobula.store.table.CreateResult;
import io.mobula.store.table.DeleteResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client in a process of its own that ends, without any clean-up, at each step of writing an
 * object and of reading one.
 */
@Timeout(120)
final class KilledClientTest {

  /** Where the client ends. */
  enum Failpoint {
    CREATED(null),
    HALF_WRITTEN(null),
    WRITTEN(null),
    SEALED(null),
    FOUND(ReadStep.FOUND),
    ENTRY_TAKEN(ReadStep.TAKEN),
    HOLD_WRITTEN(ReadStep.WRITTEN),
    HELD(ReadStep.HELD),
    CLEARED(ReadStep.CLEARED),
    RELEASED(ReadStep.RELEASED);

    private final @Nullable ReadStep step;

    Failpoint(@Nullable ReadStep step) {
      this.step = step;
    }

    boolean leavesHold() {
      return this == HOLD_WRITTEN || this == HELD;
    }
  }

  private static final int EXIT_CODE = 9;
  private static final long OWNER = 0;
  private static final long CHILD = 1;
  private static final StoreKey READ = new StoreKey(1, 1);
  private static final StoreKey WRITTEN = new StoreKey(1, 2);
  private static final long SIZE_BYTES = 100_000;

  private final StoreLayout layout = StoreLayout.ofCapacity(16 << 20);
  private StoreFile file;
  private final Arena arena = Arena.ofAuto();
  private HoldTables tables;
  private StoreTable table;
  private int childTable;

  /** Writes an object that it was given memory for, and reads another. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
      Failpoint failpoint = Failpoint.valueOf(arguments[1]);
      int table = Integer.parseInt(arguments[2]);
      long offset = Long.parseLong(arguments[3]);
      MemorySegment store = map(Path.of(arguments[0]), Arena.global());
      reached(failpoint, Failpoint.CREATED);
      store.asSlice(offset, SIZE_BYTES / 2).fill((byte) 1);
      reached(failpoint, Failpoint.HALF_WRITTEN);
      store.asSlice(offset, SIZE_BYTES).fill((byte) 1);
      reached(failpoint, Failpoint.WRITTEN);
      System.out.println("written");
      System.in.read();
      reached(failpoint, Failpoint.SEALED);
      StoreLayout layout = StoreLayout.ofCapacity(16 << 20);
      StoreReader reader =
          new StoreReader(
              new IndexReader(
                  store.asSlice(layout.indexOffset(), layout.indexBytes()),
                  layout.indexSlotCount()),
              new HoldTable(
                  store.asSlice(layout.holdTableOffset(table), StoreLayout.HOLD_TABLE_BYTES)),
              () -> {},
              step -> {
                if (step == failpoint.step) {
                  Runtime.getRuntime().halt(EXIT_CODE);
                }
              });
      Held held = requireNonNull(reader.tryHold(READ.high(), READ.low()));
      System.out.println(store.get(ValueLayout.JAVA_BYTE, held.offset()));
      held.release();
    }

    private static void reached(Failpoint failpoint, Failpoint now) {
      if (failpoint == now) {
        Runtime.getRuntime().halt(EXIT_CODE);
      }
    }
  }

  @BeforeEach
  void makeStore() throws IOException {
    file =
        StoreFile.create(
            StoreDirectory.preferred(), "killed-" + ProcessHandle.current().pid(), layout, 1);
    MemorySegment store = map(file.path(), arena);
    file.populateHoldTable(0);
    tables =
        new HoldTables(
            store.asSlice(layout.holdsOffset(), layout.holdsBytes()), layout, number -> true);
    IndexWriter index =
        new IndexWriter(
            store.asSlice(layout.indexOffset(), layout.indexBytes()), layout.indexSlotCount());
    table = new StoreTable(layout, new MappedIndex(index, tables));
    table.clientJoined(OWNER);
    table.clientJoined(CHILD);
    childTable = tables.assign(CHILD);
    HeapRange read = create(READ, OWNER);
    store.asSlice(read.offset(), read.sizeBytes()).fill((byte) 7);
    table.seal(READ, OWNER, true);
  }

  @AfterEach
  void leaveNothing() throws IOException {
    file.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveBackEverythingWhenClientEndsAt(Failpoint failpoint) throws Exception {
    HeapRange range = create(WRITTEN, CHILD);
    try (ChildJvm child =
        ChildJvm.start(Client.class, file.path(), failpoint, childTable, range.offset())) {
      boolean isSealed = failpoint.compareTo(Failpoint.SEALED) >= 0;
      if (isSealed) {
        assertThat(child.readLine()).isEqualTo("written");
        table.seal(WRITTEN, CHILD, true);
        child.resume();
      }
      assertThat(child.awaitExit()).as(child.errors()).isEqualTo(EXIT_CODE);
      assertThat(table.delete(READ))
          .isEqualTo(failpoint.leavesHold() ? DeleteResult.DEFERRED : DeleteResult.FREED);
      table.verify();
      assertThat(table.noticed()).isEmpty();

      tables.drop(childTable);
      ClientGone gone = table.clientGone(CHILD);
      assertThat(gone.aborted()).isEqualTo(isSealed ? List.of() : List.of(WRITTEN));
      assertThat(table.noticed())
          .isEqualTo(failpoint.leavesHold() ? List.of(READ) : List.<StoreKey>of());
      table.verify();
      assertThat(table.state(READ)).isEqualTo(ObjectState.ABSENT);
      assertThat(table.usage().objectCount()).isEqualTo(isSealed ? 1 : 0);
      assertThat(table.delete(WRITTEN))
          .isEqualTo(isSealed ? DeleteResult.FREED : DeleteResult.NOT_FOUND);
      assertThat(table.usage().heap().usedBytes()).isZero();
    }
  }

  private HeapRange create(StoreKey key, long clientId) {
    CreateResult result = table.create(key, SIZE_BYTES, clientId);
    if (result instanceof CreateResult.NeedsPopulate needs) {
      assertThat(file.populate(needs.extent()).isComplete()).isTrue();
      table.populateFinished(PopulateResult.complete(needs.extent()));
      result = table.create(key, SIZE_BYTES, clientId);
    }
    return ((CreateResult.Allocated) result).range();
  }

  private static MemorySegment map(Path path, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
    }
  }
}
