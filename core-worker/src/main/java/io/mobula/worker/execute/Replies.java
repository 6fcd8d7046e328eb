package io.mobula.worker.execute;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.ReplyReceipt;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReplies;
import io.mobula.proto.TaskReply;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Ownership.Registration;
import io.mobula.worker.own.Countdown;
import io.mobula.worker.own.References;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers to owners, gathered over a turn. Owner thread: the loop.
 *
 * <p>Keeps the two promises of {@link References}: an answer is not sent before the registrations
 * of references that came with the task's arguments are acknowledged, and references inside a
 * result are kept until the owner has received them.
 */
public final class Replies {
  private final Outbox outbox;
  private final ObjectTable table;
  private final References references;
  private final Map<Destination, Batch> gathered = new LinkedHashMap<>();
  private final Map<Long, Map<Handover, List<ObjectEntry>>> handovers = new HashMap<>();

  /** Answers that wait for registrations. */
  private int unsent;

  /** A packet that would be larger is sent before its turn ends; links take a few times as much. */
  static final int PACKET_BYTES_MAX = 32 << 20;

  private record Destination(long owner, long lease) {}

  /** References inside a result on the way to an owner. A task may run again meanwhile. */
  private record Handover(long sequence, int attempt) {}

  /** The answers of one packet. */
  private static final class Batch {
    private final TaskReplies.Builder replies;
    private long sizeBytes;

    Batch(long lease) {
      replies = TaskReplies.newBuilder().setLease(lease);
    }
  }

  public Replies(Outbox outbox, ObjectTable table, References references) {
    this.outbox = outbox;
    this.table = table;
    this.references = references;
  }

  /** The reply's value holds references to these entries, each retained once by the encoder. */
  public void keep(Execution execution, List<ObjectEntry> contained) {
    if (!contained.isEmpty()) {
      handovers
          .computeIfAbsent(execution.owner(), owner -> new LinkedHashMap<>())
          .put(
              new Handover(execution.spec().getSequence(), execution.spec().getAttempt()),
              new ArrayList<>(contained));
    }
  }

  void send(Execution execution, TaskReply reply) {
    List<ObjectEntry> unregistered = new ArrayList<>(0);
    for (TaskArgument argument : execution.spec().getArgumentsList()) {
      for (ObjectId id : referencesIn(argument)) {
        ObjectEntry entry = table.find(ObjectKey.of(id));
        if (entry != null
            && entry.ownership().registration() == Registration.SENT
            && entry.tryRetain()) {
          unregistered.add(entry);
        }
      }
    }
    Destination destination = new Destination(execution.owner(), execution.lease());
    unsent++;
    Countdown countdown =
        new Countdown(
            unregistered.size(),
            () -> {
              unsent--;
              gather(destination, reply);
            });
    for (ObjectEntry entry : unregistered) {
      references.whenRegistered(
          entry,
          () -> {
            countdown.down();
            references.release(entry);
          });
    }
  }

  /**
   * Has these callers of an actor say when they have all answers that they were sent until now, by
   * an answer to no call. {@link #isSettled} once all have, or are dead.
   */
  void askReceipts(Collection<Long> callers) {
    for (long caller : callers) {
      handovers
          .computeIfAbsent(caller, owner -> new LinkedHashMap<>())
          .put(new Handover(0, 0), List.of());
      gather(new Destination(caller, 0), TaskReply.newBuilder().setReceiptWanted(true).build());
    }
  }

  /** Whether no answer waits to be sent, and none is on its way that its receiver must have. */
  public boolean isSettled() {
    return unsent == 0 && gathered.isEmpty() && handovers.isEmpty();
  }

  /** The owner is the registered borrower of what was inside these results. */
  public void onReferencesReceived(long owner, List<ReplyReceipt> receipts) {
    Map<Handover, List<ObjectEntry>> kept = handovers.get(owner);
    if (kept == null) {
      return;
    }
    for (ReplyReceipt receipt : receipts) {
      List<ObjectEntry> entries =
          kept.remove(new Handover(receipt.getSequence(), receipt.getAttempt()));
      if (entries != null) {
        entries.forEach(references::release);
      }
    }
    if (kept.isEmpty()) {
      handovers.remove(owner, kept);
    }
  }

  public void onProcessDied(long dead) {
    List<Map<Handover, List<ObjectEntry>>> lost = new ArrayList<>(0);
    handovers
        .entrySet()
        .removeIf(
            kept -> ProcessAddress.diesWith(kept.getKey(), dead) && lost.add(kept.getValue()));
    lost.forEach(kept -> kept.values().forEach(entries -> entries.forEach(references::release)));
  }

  /** Sends what was gathered. Call it once a turn. */
  public void flush() {
    if (gathered.isEmpty()) {
      return;
    }
    Map<Destination, Batch> batches = new LinkedHashMap<>(gathered);
    gathered.clear();
    batches.forEach(this::send);
  }

  private void gather(Destination destination, TaskReply reply) {
    int sizeBytes = reply.getSerializedSize();
    Batch batch = gathered.get(destination);
    if (batch != null && batch.sizeBytes + sizeBytes > PACKET_BYTES_MAX) {
      gathered.remove(destination);
      send(destination, batch);
      batch = null;
    }
    if (batch == null) {
      batch = new Batch(destination.lease);
      gathered.put(destination, batch);
    }
    batch.replies.addReplies(reply);
    batch.sizeBytes += sizeBytes;
  }

  private void send(Destination destination, Batch batch) {
    outbox.send(destination.owner, Packet.newBuilder().setTaskReplies(batch.replies));
  }

  private static List<ObjectId> referencesIn(TaskArgument argument) {
    return argument.hasValue()
        ? argument.getValue().getReferencesList()
        : argument.getStored().getReferencesList();
  }

  /** Results whose references are on their way. For inspection. */
  public int handovers() {
    return handovers.values().stream().mapToInt(Map::size).sum();
  }
}
