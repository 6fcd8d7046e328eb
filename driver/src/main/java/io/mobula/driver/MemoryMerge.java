package io.mobula.driver;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.CopyState;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.ObjectReferences;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessMemory;
import io.mobula.proto.ProcessReferences;
import io.mobula.proto.ReferencedState;
import io.mobula.proto.StoreCopy;
import io.mobula.proto.StoreMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins what the nodes say: copies and references of one object come together. Pure. */
final class MemoryMerge {
  private final Map<ObjectKey, Merged> objects = new LinkedHashMap<>();
  private final List<ClusterMemory.Node> nodes = new ArrayList<>();
  private final List<ClusterMemory.Process> processes = new ArrayList<>();
  private boolean isTruncated;

  /** A node's answer. */
  void add(NodeMemoryReport memory) {
    int node = ProcessAddress.node(memory.getRaylet());
    StoreMemory store = memory.getStore();
    List<ClusterMemory.Backlog> backlogs =
        memory.getBacklogsList().stream()
            .map(backlog ->
                new ClusterMemory.Backlog(
                    ProcessAddress.node(backlog.getRaylet()), backlog.getBytes()))
            .toList();
    nodes.add(new ClusterMemory.Node(node, memory.getHostName(), "", totals(store), backlogs));
    isTruncated |= memory.getCopyTotal() > memory.getCopiesCount();
    for (StoreCopy copy : memory.getCopiesList()) {
      of(ObjectKey.of(copy.getId())).add(node, copy);
    }
    for (ProcessMemory process : memory.getProcessesList()) {
      ProcessReferences references = process.getReferences();
      processes.add(process(process));
      isTruncated |= references.getObjectCount() > references.getObjectsCount();
      for (ObjectReferences object : references.getObjectsList()) {
        of(ObjectKey.of(object.getId())).add(process.getAddress(), object);
      }
    }
  }

  /** A node that gave no answer. */
  void addSilent(int node, String host, String problem) {
    nodes.add(
        new ClusterMemory.Node(
            node, host, problem, totals(StoreMemory.getDefaultInstance()), List.of()));
  }

  /** All that was added. */
  ClusterMemory result() {
    List<ClusterMemory.Item> items =
        objects.values().stream()
            .map(Merged::item)
            .sorted(
                Comparator.comparingLong(ClusterMemory.Item::sizeBytes)
                    .reversed()
                    .thenComparing(ClusterMemory.Item::id))
            .toList();
    return new ClusterMemory(
        nodes.stream()
            .map(ClusterMemory.Node::store)
            .reduce(totals(StoreMemory.getDefaultInstance()), MemoryMerge::plus),
        nodes,
        processes,
        items,
        isTruncated);
  }

  private Merged of(ObjectKey key) {
    return objects.computeIfAbsent(key, Merged::new);
  }

  private static ClusterMemory.Totals totals(StoreMemory store) {
    return new ClusterMemory.Totals(
        store.getCapacityBytes(),
        store.getUsedBytes(),
        store.getCapacityBytes() - store.getUsedBytes(),
        store.getPrimaryBytes(),
        store.getHeldBytes(),
        store.getEvictableBytes(),
        store.getWritingBytes(),
        store.getDeletingBytes(),
        store.getObjectCount(),
        store.getSpilledBytes(),
        store.getSpilledCount(),
        store.getWaitingCount());
  }

  private static ClusterMemory.Totals plus(ClusterMemory.Totals a, ClusterMemory.Totals b) {
    return new ClusterMemory.Totals(
        a.capacityBytes() + b.capacityBytes(),
        a.usedBytes() + b.usedBytes(),
        a.freeBytes() + b.freeBytes(),
        a.primaryBytes() + b.primaryBytes(),
        a.heldBytes() + b.heldBytes(),
        a.evictableBytes() + b.evictableBytes(),
        a.writingBytes() + b.writingBytes(),
        a.deletingBytes() + b.deletingBytes(),
        a.objectCount() + b.objectCount(),
        a.spilledBytes() + b.spilledBytes(),
        a.spilledCount() + b.spilledCount(),
        a.waitingCount() + b.waitingCount());
  }

  private static ClusterMemory.Process process(ProcessMemory process) {
    ProcessReferences references = process.getReferences();
    String kind =
        process.getKind() == ProcessKind.DRIVER
            ? "driver"
            : process.getIsRetained()
                ? "retained worker"
                : process.getName().isEmpty() ? "worker" : "actor";
    return new ClusterMemory.Process(
        id(process.getAddress()),
        ProcessAddress.node(process.getAddress()),
        kind,
        process.getPid(),
        process.getJob(),
        process.getName(),
        process.hasReferences(),
        references.getObjectCount(),
        references.getOwnedCount(),
        references.getInlineBytes(),
        references.getLineageCount(),
        references.getLineageBytes());
  }

  /** A process as in object ids, {@code 1.2}, or {@code node 1} for a raylet. */
  private static String id(long address) {
    String text = ProcessAddress.describe(address);
    return text.startsWith("process ") ? text.substring("process ".length()) : text;
  }

  private static List<String> ids(List<Long> addresses) {
    return addresses.stream().map(MemoryMerge::id).sorted().toList();
  }

  /** One object as far as it is known. */
  private static final class Merged {
    private final ObjectKey key;
    private final List<ClusterMemory.Copy> copies = new ArrayList<>();
    private final List<ClusterMemory.Reference> references = new ArrayList<>();
    private long sizeBytes;
    private String task = "";
    private String callSite = "";
    private String storeCallSite = "";
    private @Nullable ReferencedState ownersState;

    Merged(ObjectKey key) {
      this.key = key;
    }

    void add(int node, StoreCopy copy) {
      sizeBytes = Math.max(sizeBytes, copy.getSizeBytes());
      if (!copy.getCallSite().isEmpty()) {
        storeCallSite = copy.getCallSite();
      }
      copies.add(
          new ClusterMemory.Copy(
              node,
              state(copy.getState()),
              copy.getIsInMemory(),
              copy.getWriter() == 0 ? "" : id(copy.getWriter()),
              ids(copy.getHoldersList())));
    }

    void add(long process, ObjectReferences object) {
      boolean isOwner = process == key.owner();
      if (isOwner) {
        ownersState = object.getState();
        task = object.getTaskName();
        callSite = object.getCallSite();
      }
      sizeBytes = Math.max(sizeBytes, object.getSizeBytes());
      references.add(
          new ClusterMemory.Reference(
              id(process),
              isOwner,
              state(object.getState()),
              object.getHasHandle(),
              object.getIsTaskPending(),
              object.getArgumentCount(),
              object.getLineageCount(),
              object.getBorrowerTotal(),
              ids(object.getBorrowersList()),
              object.getEnclosingTotal(),
              object.getEnclosingList().stream().map(id -> ObjectKey.of(id).toString()).toList(),
              otherCount(object)));
    }

    ClusterMemory.Item item() {
      // What the creator told the store says no more than the owner, if that names the task.
      String site = callSite.isEmpty() && task.isEmpty() ? storeCallSite : callSite;
      return new ClusterMemory.Item(
          key.toString(), sizeBytes, id(key.owner()), state(), task, site, copies, references);
    }

    private String state() {
      for (String copied : List.of("deleting", "primary", "spilled", "secondary", "writing")) {
        if (copies.stream().anyMatch(copy -> copy.state().equals(copied))) {
          return copied.equals("primary") || copied.equals("secondary") ? "stored" : copied;
        }
      }
      ReferencedState known = ownersState;
      return known == null
          ? references.stream().map(ClusterMemory.Reference::state).findFirst().orElse("")
          : state(known);
    }

    private static int otherCount(ObjectReferences object) {
      int named =
          (object.getHasHandle() ? 1 : 0)
              + (object.getIsTaskPending() ? 1 : 0)
              + object.getArgumentCount()
              + object.getLineageCount()
              + object.getBorrowerTotal()
              + object.getEnclosingTotal();
      return Math.max(0, object.getRetainCount() - named);
    }

    private static String state(CopyState state) {
      return switch (state) {
        case COPY_WRITING -> "writing";
        case COPY_PRIMARY -> "primary";
        case COPY_SECONDARY -> "secondary";
        case COPY_SPILLED -> "spilled";
        case COPY_DELETING -> "deleting";
        case COPY_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
      };
    }

    private static String state(ReferencedState state) {
      return switch (state) {
        case REFERENCED_WAITING -> "waiting";
        case REFERENCED_INLINE -> "inline";
        case REFERENCED_STORED -> "stored";
        case REFERENCED_FAILED -> "failed";
        case REFERENCED_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
      };
    }
  }
}
