package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.CopyState;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.StoreCopy;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillItem;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.spill.SpillWrite;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ObjectListingTest {
  private static final long WRITER = ProcessAddress.of(1, 1);
  private static final long READER = ProcessAddress.of(1, 2);
  private static final ObjectKey SMALL = new ObjectKey(WRITER, 1);
  private static final ObjectKey LARGE = new ObjectKey(WRITER, 2);
  private static final ObjectKey OPEN = new ObjectKey(WRITER, 3);

  private final ObjectTableFixture node = new ObjectTableFixture();

  @BeforeEach
  void join() {
    node.table.clientJoined(WRITER, true);
    node.table.clientJoined(READER, true);
  }

  @Test
  void shouldShowTheLargestWithStateHoldersAndOriginWhenAsked() {
    node.table.noteCallSite(LARGE, "App.main(App.java:7)");
    node.put(WRITER, SMALL, 100);
    node.put(WRITER, LARGE, 1_000);
    node.table.fetch(
        READER, 1, ObjectTableFixture.stored(LARGE, 1_000, 1), FetchPurpose.GET, node.now);
    node.table.create(WRITER, 2, OPEN, 500, node.now);
    node.settle();

    NodeMemoryReport memory = node.table.listing(2).build();

    assertThat(memory.getStore().getObjectCount()).isEqualTo(3);
    assertThat(memory.getStore().getPrimaryBytes()).isGreaterThanOrEqualTo(1_100);
    assertThat(memory.getStore().getWritingBytes()).isGreaterThanOrEqualTo(500);
    assertThat(memory.getStore().getUsedBytes())
        .isEqualTo(memory.getStore().getPrimaryBytes() + memory.getStore().getWritingBytes());
    assertThat(memory.getCopiesList())
        .containsExactly(
            copy(LARGE, 1_000, CopyState.COPY_PRIMARY)
                .addHolders(READER)
                .setCallSite("App.main(App.java:7)")
                .build(),
            copy(OPEN, 500, CopyState.COPY_WRITING).build());
  }

  @Test
  void shouldShowADeletedObjectWhenSomebodyStillReadsIt() {
    node.put(WRITER, SMALL, 100);
    node.table.fetch(
        READER, 1, ObjectTableFixture.stored(SMALL, 100, 1), FetchPurpose.GET, node.now);
    node.table.free(List.of(SMALL), node.now);
    assertThat(node.table.listing(1).getCopies(0).getState()).isEqualTo(CopyState.COPY_DELETING);
  }

  @Test
  void shouldNameNothingWhenFiguresAreEnough() {
    node.put(WRITER, SMALL, 100);
    NodeMemoryReport.Builder memory = node.table.listing(0);
    assertThat(memory.getCopiesList()).isEmpty();
    assertThat(memory.getStore().getObjectCount()).isEqualTo(1);
  }

  @Test
  void shouldShowWhatIsOnDiskWhenItIsNotInMemory() {
    node.put(WRITER, SMALL, 100);
    SpillTable spilled = new SpillTable(1 << 20);
    SpillFile file = spill(spilled, SMALL, 100);
    spill(spilled, LARGE, 1_000);
    CallSiteIndex callSites = new CallSiteIndex();
    assertThat(callSites.add(LARGE, "App.main(App.java:7)")).isFalse();

    NodeMemoryReport.Builder memory = new ObjectListing(node.store, spilled, callSites).of(0, 10);

    assertThat(file.number()).isEqualTo(1);
    assertThat(memory.getCopyTotal()).isEqualTo(2);
    assertThat(memory.getStore().getSpilledCount()).isEqualTo(2);
    assertThat(memory.getStore().getSpilledBytes()).isEqualTo(1_100);
    assertThat(memory.getCopiesList())
        .containsExactly(
            copy(LARGE, 1_000, CopyState.COPY_SPILLED)
                .clearWriter()
                .setIsInMemory(false)
                .setCallSite("App.main(App.java:7)")
                .build(),
            copy(SMALL, 100, CopyState.COPY_SPILLED).build());
  }

  private static SpillFile spill(SpillTable spilled, ObjectKey key, long sizeBytes) {
    io.mobula.store.StoreKey storeKey = StoreKeys.of(key);
    SpillBatch batch =
        spilled.beginWrite(List.of(new SpillItem(storeKey, new HeapRange(0, sizeBytes))));
    SpillFile file = new SpillFile(batch.fileNumber(), "disk");
    spilled.written(
        batch,
        new SpillWrite.Written(file, List.of(new SpillSlot(storeKey, file, 0, sizeBytes, 0))));
    return file;
  }

  @Test
  void shouldForgetWhereObjectsAreFromWhenTheyAreGone() {
    CallSiteIndex index = new CallSiteIndex();
    long sequence = 0;
    while (!index.add(new ObjectKey(WRITER, ++sequence), "site")) {
      assertThat(sequence).isLessThan(10_000);
    }
    index.keepOnly(Set.of(SMALL));
    assertThat(index.size()).isEqualTo(1);
    assertThat(index.find(SMALL)).isEqualTo("site");
    assertThat(index.find(LARGE)).isEmpty();
    assertThat(index.add(OPEN, "")).isFalse();
    assertThat(index.find(OPEN)).isEmpty();
  }

  private static StoreCopy.Builder copy(ObjectKey key, long sizeBytes, CopyState state) {
    return StoreCopy.newBuilder()
        .setId(key.toProto())
        .setSizeBytes(sizeBytes)
        .setState(state)
        .setIsInMemory(true)
        .setWriter(WRITER);
  }
}
