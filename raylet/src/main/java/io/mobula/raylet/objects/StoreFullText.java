package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.store.spill.SpillUsage;
import io.mobula.store.table.FullReport;
import io.mobula.store.table.HolderReport;
import io.mobula.store.table.ObjectReport;
import io.mobula.store.table.StoreTable;
import java.util.stream.Collectors;

/** Says why there is no room for an object, what takes it, and what to do. */
final class StoreFullText {

  private static final int LARGEST_MAX = 3;

  private StoreFullText() {}

  static String of(
      ObjectKey key,
      FullReport report,
      StoreTable store,
      SpillUsage spilled,
      CallSiteIndex callSites) {
    if (report.isHopeless()) {
      return "Object is larger than the object store: id="
          + key
          + ", "
          + report
          + "; give the node a larger store (raylet.object-store-memory)";
    }
    String holders =
        store.largestHolders(LARGEST_MAX).stream()
            .map(StoreFullText::describe)
            .collect(Collectors.joining("; "));
    String objects =
        store.largestObjects(LARGEST_MAX).stream()
            .map(object -> describe(object, callSites.find(StoreKeys.from(object.key()))))
            .collect(Collectors.joining("; "));
    return "Object store is full: id="
        + key
        + ", "
        + report
        + ", spilledBytes="
        + spilled.liveBytes()
        + ", spillFileBytes="
        + spilled.fileBytes()
        + ", largest=["
        + objects
        + "], holders=["
        + holders
        + "]; what is held or being written can't go to disk: read fewer objects at a time, free"
        + " references, or give the node a larger store (raylet.object-store-memory)";
  }

  private static String describe(ObjectReport object, String callSite) {
    ObjectKey key = StoreKeys.from(object.key());
    String holders =
        object.holderIds().stream().map(ProcessAddress::describe).collect(Collectors.joining(", "));
    return key
        + " has "
        + object.range().sizeBytes()
        + " bytes, is "
        + object.state()
        + (object.isPinned() ? " and pinned" : "")
        + ", owned by "
        + ProcessAddress.describe(key.owner())
        + ", made by "
        + ProcessAddress.describe(object.writerId())
        + (callSite.isEmpty() ? "" : " at " + callSite)
        + (holders.isEmpty() ? "" : ", held by " + holders);
  }

  private static String describe(HolderReport holder) {
    return ProcessAddress.describe(holder.clientId())
        + " holds "
        + holder.heldBytes()
        + " bytes in "
        + holder.heldCount()
        + " objects and writes "
        + holder.writingBytes()
        + " in "
        + holder.writingCount();
  }
}
