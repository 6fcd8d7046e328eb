package io.mobula.raylet.objects;

import io.mobula.proto.CopyState;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.StoreCopy;
import io.mobula.proto.StoreMemory;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.spill.SpillUsage;
import io.mobula.store.table.ObjectReport;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import io.mobula.store.table.StoreUsage;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Describes a node's store for people: its figures and its largest objects, in memory and on disk.
 * Changes nothing. Belongs to one thread.
 */
final class ObjectListing {

  private final StoreTable store;
  private final SpillTable spilled;
  private final CallSiteIndex callSites;

  ObjectListing(StoreTable store, SpillTable spilled, CallSiteIndex callSites) {
    this.store = store;
    this.spilled = spilled;
    this.callSites = callSites;
  }

  /** The store's part of a node's memory, at a cost of all objects. */
  NodeMemoryReport.Builder of(int waitingCount, int countMax) {
    List<SpillSlot> onDiskAlone = spilled.slots().stream().filter(this::isOnDiskAlone).toList();
    NodeMemoryReport.Builder memory =
        NodeMemoryReport.newBuilder()
            .setStore(figures(store.usage(), spilled.usage(), waitingCount))
            .setCopyTotal(store.usage().objectCount() + onDiskAlone.size());
    if (countMax > 0) {
      Stream.concat(
              store.largestObjects(countMax).stream().map(this::copy),
              onDiskAlone.stream().map(this::copy))
          .sorted(Comparator.comparingLong(StoreCopy::getSizeBytes).reversed())
          .limit(countMax)
          .forEach(memory::addCopies);
    }
    return memory;
  }

  private boolean isOnDiskAlone(SpillSlot slot) {
    return store.state(slot.key()) == ObjectState.ABSENT;
  }

  private static StoreMemory.Builder figures(
      StoreUsage usage, SpillUsage onDisk, int waitingCount) {
    return StoreMemory.newBuilder()
        .setCapacityBytes(usage.heap().capacityBytes())
        .setUsedBytes(usage.objectBytes())
        .setPrimaryBytes(usage.pinnedBytes())
        .setHeldBytes(usage.heldBytes())
        .setEvictableBytes(usage.evictableBytes())
        .setWritingBytes(usage.unsealedBytes())
        .setDeletingBytes(usage.deletingBytes())
        .setObjectCount(usage.objectCount())
        .setSpilledBytes(onDisk.liveBytes())
        .setSpilledCount(onDisk.objectCount())
        .setWaitingCount(waitingCount);
  }

  private StoreCopy copy(ObjectReport report) {
    return StoreCopy.newBuilder()
        .setId(StoreKeys.from(report.key()).toProto())
        .setSizeBytes(report.range().sizeBytes())
        .setState(state(report))
        .setWriter(report.writerId())
        .addAllHolders(report.holderIds())
        .setCallSite(callSites.find(StoreKeys.from(report.key())))
        .setIsInMemory(true)
        .build();
  }

  private StoreCopy copy(SpillSlot slot) {
    return StoreCopy.newBuilder()
        .setId(StoreKeys.from(slot.key()).toProto())
        .setSizeBytes(slot.sizeBytes())
        .setState(CopyState.COPY_SPILLED)
        .setCallSite(callSites.find(StoreKeys.from(slot.key())))
        .build();
  }

  private CopyState state(ObjectReport report) {
    return switch (report.state()) {
      case CREATED, CANCELLED ->
          spilled.contains(report.key()) ? CopyState.COPY_SPILLED : CopyState.COPY_WRITING;
      case SEALED -> {
        if (spilled.contains(report.key())) {
          yield CopyState.COPY_SPILLED;
        }
        yield report.isPinned() ? CopyState.COPY_PRIMARY : CopyState.COPY_SECONDARY;
      }
      case DELETING -> CopyState.COPY_DELETING;
      case ABSENT -> throw new IllegalStateException("object is gone: key=" + report.key());
    };
  }
}
