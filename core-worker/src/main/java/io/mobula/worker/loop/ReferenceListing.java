package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.ObjectReferences;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessReferences;
import io.mobula.proto.ReferencedState;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Answers which objects this process refers to, and why. Owner thread: the loop.
 *
 * <p>How it works: a process may know millions of objects, so the loop looks at {@value #STEP}
 * entries a turn. The first pass sums everything up and keeps the largest; the second counts in
 * whose values those are. What changes meanwhile may or may not be seen.
 */
final class ReferenceListing {
  static final int STEP = 20_000;

  private static final int NAMED_MAX = 16;

  private final ObjectTable table;
  private final Lineage lineage;
  private final Outbox outbox;
  private final Timers timers;

  ReferenceListing(ObjectTable table, Lineage lineage, Outbox outbox, Timers timers) {
    this.table = table;
    this.lineage = lineage;
    this.outbox = outbox;
    this.timers = timers;
  }

  /** Answers a GetReferences packet, now or after some turns. */
  void onGetReferences(Packet request) {
    new Inquiry(request).sumUp();
  }

  private static long sizeBytes(ObjectEntry entry) {
    return switch (entry.outcome()) {
      case Outcome.Inline inline -> inline.bytes().length;
      case Outcome.Stored stored -> stored.object().getSizeBytes();
      case Outcome.Failed _ -> 0;
      case null -> 0;
    };
  }

  /** Whether its task has not ended, or runs again because the object was lost. */
  private static boolean isBeingMade(ObjectEntry entry) {
    Ownership ownership = entry.ownership();
    return ownership.isRemade() || (ownership.taskName() != null && !entry.isReady());
  }

  private static ReferencedState state(ObjectEntry entry) {
    return switch (entry.outcome()) {
      case Outcome.Inline _ -> ReferencedState.REFERENCED_INLINE;
      case Outcome.Stored _ -> ReferencedState.REFERENCED_STORED;
      case Outcome.Failed _ -> ReferencedState.REFERENCED_FAILED;
      case null -> ReferencedState.REFERENCED_WAITING;
    };
  }

  /** An entry with the size that it had when it was looked at: sizes must not change in a heap. */
  private record Sized(ObjectEntry entry, long sizeBytes) {}

  /** One question. */
  private final class Inquiry {
    private static final Comparator<Sized> LARGEST_FIRST =
        Comparator.comparingLong(Sized::sizeBytes)
            .reversed()
            .thenComparingLong(sized -> sized.entry().key().sequence());

    private final Packet request;
    private final int countMax;
    private final ProcessReferences.Builder answer = ProcessReferences.newBuilder();
    private final PriorityQueue<Sized> largest = new PriorityQueue<>(LARGEST_FIRST.reversed());
    private final Map<ObjectKey, Enclosing> enclosing = new HashMap<>();
    private Iterator<ObjectEntry> entries = table.entries().iterator();

    Inquiry(Packet request) {
      this.request = request;
      this.countMax = Math.max(0, request.getGetReferences().getObjectCountMax());
    }

    void sumUp() {
      for (int i = 0; i < STEP && entries.hasNext(); i++) {
        note(entries.next());
      }
      if (entries.hasNext()) {
        timers.schedule(0, this::sumUp);
      } else if (largest.isEmpty()) {
        send();
      } else {
        largest.forEach(sized -> enclosing.put(sized.entry().key(), new Enclosing()));
        entries = table.entries().iterator();
        lookInside();
      }
    }

    private void note(ObjectEntry entry) {
      if (entry.retains() <= 0) {
        return;
      }
      long size = sizeBytes(entry);
      answer.setObjectCount(answer.getObjectCount() + 1);
      if (entry.key().owner() == outbox.self()) {
        answer.setOwnedCount(answer.getOwnedCount() + 1);
      }
      if (entry.outcome() instanceof Outcome.Inline) {
        answer.setInlineBytes(answer.getInlineBytes() + size);
      }
      if (countMax > 0) {
        largest.add(new Sized(entry, size));
        if (largest.size() > countMax) {
          largest.remove();
        }
      }
    }

    private void lookInside() {
      for (int i = 0; i < STEP && entries.hasNext(); i++) {
        ObjectEntry holder = entries.next();
        for (ObjectEntry inner : holder.ownership().contained()) {
          Enclosing found = enclosing.get(inner.key());
          if (found != null) {
            found.add(holder.key());
          }
        }
      }
      if (entries.hasNext()) {
        timers.schedule(0, this::lookInside);
      } else {
        send();
      }
    }

    private void send() {
      List<Sized> sorted = new ArrayList<>(largest);
      sorted.sort(LARGEST_FIRST);
      for (Sized sized : sorted) {
        if (sized.entry().retains() > 0) {
          answer.addObjects(describe(sized.entry()));
        }
      }
      answer.setLineageCount(lineage.size()).setLineageBytes(lineage.bytes());
      outbox.send(
          request.getFrom(),
          Packet.newBuilder()
              .setCorrelation(request.getCorrelation())
              .setProcessReferences(answer));
    }

    private ObjectReferences describe(ObjectEntry entry) {
      Ownership ownership = entry.ownership();
      Enclosing holders = enclosing.getOrDefault(entry.key(), new Enclosing());
      boolean isOwned = entry.key().owner() == outbox.self();
      ObjectReferences.Builder references =
          ObjectReferences.newBuilder()
              .setId(entry.key().toProto())
              .setState(state(entry))
              .setSizeBytes(sizeBytes(entry))
              .setHasHandle(entry.hasHandle())
              .setIsTaskPending(isOwned && isBeingMade(entry))
              .setArgumentCount(ownership.argumentUses())
              .setLineageCount(ownership.lineageUses())
              .setBorrowerTotal(ownership.borrowers().all().size())
              .setEnclosingTotal(holders.count)
              .setRetainCount(Math.max(0, entry.retains()))
              .setTaskName(ownership.taskName() == null ? "" : ownership.taskName())
              .setCallSite(ownership.callSite() == null ? "" : ownership.callSite());
      ownership.borrowers().all().stream().limit(NAMED_MAX).forEach(references::addBorrowers);
      ownership.locations().stream().limit(NAMED_MAX).forEach(references::addLocations);
      holders.first.forEach(key -> references.addEnclosing(key.toProto()));
      return references.build();
    }
  }

  /** The objects whose values hold a reference to one. */
  private static final class Enclosing {
    private final List<ObjectKey> first = new ArrayList<>(0);
    private int count;

    void add(ObjectKey key) {
      count++;
      if (first.size() < NAMED_MAX) {
        first.add(key);
      }
    }
  }
}
