package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GetNodeMemory;
import io.mobula.proto.GetReferences;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.Packet;
import io.mobula.proto.PeerBacklog;
import io.mobula.proto.ProcessMemory;
import io.mobula.proto.ProcessReferences;
import io.mobula.proto.Refusal;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.route.PeerTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers who holds this node's memory: asks its processes what they refer to, waits for their
 * answers up to a deadline, and adds what lies in the store. A process that does not answer is
 * named as such. Owner thread: the raylet's loop.
 */
final class MemoryInquiries {
  static final int OPEN_MAX = 16;
  static final int OBJECTS_MAX = 10_000;
  static final int TIMEOUT_MILLIS_MAX = 60_000;

  /** All processes together name at most that many objects, so that the answer fits a packet. */
  static final int REFERENCES_MAX = 100_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final NodeIdentity identity;
  private final LoopContext loop;
  private final NodeRouter router;
  private final LocalProcesses processes;
  private final PeerTable peers;
  private final ObjectService objects;
  private final Function<LocalProcess, ProcessMemory.Builder> describe;
  private final Map<Long, Inquiry> open = new HashMap<>();
  private long lastNumber;

  /**
   * @param describe what is known of a process besides its address, kind and pid
   */
  MemoryInquiries(
      NodeIdentity identity,
      LoopContext loop,
      NodeRouter router,
      LocalProcesses processes,
      PeerTable peers,
      ObjectService objects,
      Function<LocalProcess, ProcessMemory.Builder> describe) {
    this.identity = identity;
    this.loop = loop;
    this.router = router;
    this.processes = processes;
    this.peers = peers;
    this.objects = objects;
    this.describe = describe;
  }

  /**
   * A command or process asks.
   *
   * @param answer takes the packet that answers, with its correlation; called once, perhaps before
   *     this method returns
   */
  void ask(Packet request, Consumer<Packet.Builder> answer) {
    Packet.Builder envelope = router.answerTo(request);
    if (open.size() >= OPEN_MAX) {
      Failure failure =
          Failure.newBuilder()
              .setKind(FailureKind.INVALID)
              .setMessage("too many ask for this node's memory at once: open=" + open.size())
              .build();
      answer.accept(envelope.setRefusal(Refusal.newBuilder().setFailure(failure)));
      return;
    }
    GetNodeMemory wanted = request.getGetNodeMemory();
    int objectsMax = Math.clamp(Integer.toUnsignedLong(wanted.getObjectCountMax()), 0, OBJECTS_MAX);
    long timeoutMillis =
        Math.min(Integer.toUnsignedLong(wanted.getTimeoutMillis()), TIMEOUT_MILLIS_MAX);
    Inquiry inquiry = new Inquiry(++lastNumber, objectsMax, envelope, answer);
    open.put(inquiry.number, inquiry);
    inquiry.begin(timeoutMillis * NANOS_PER_MILLI);
  }

  /** A packet of a process of this node; returns whether it was an answer. */
  boolean onPacket(Packet packet) {
    if (!packet.hasProcessReferences()) {
      return false;
    }
    Inquiry inquiry = open.get(packet.getCorrelation());
    if (inquiry != null) {
      inquiry.answered(packet.getFrom(), packet.getProcessReferences());
    }
    return true;
  }

  /** A process is dead, or can't be reached. */
  void processGone(long address) {
    for (Inquiry inquiry : List.copyOf(open.values())) {
      inquiry.gone(address);
    }
  }

  /** One question and the answers so far. */
  private final class Inquiry {
    private final long number;
    private final int objectsMax;
    private final Packet.Builder envelope;
    private final Consumer<Packet.Builder> answer;
    private final Map<Long, ProcessMemory.Builder> asked = new LinkedHashMap<>();
    private final List<Long> silent = new ArrayList<>();
    private Timers.Timer deadline = () -> {};

    Inquiry(long number, int objectsMax, Packet.Builder envelope, Consumer<Packet.Builder> answer) {
      this.number = number;
      this.objectsMax = objectsMax;
      this.envelope = envelope;
      this.answer = answer;
    }

    void begin(long timeoutNanos) {
      List<LocalProcess> all = processes.all();
      for (LocalProcess process : all) {
        asked.put(
            process.address(),
            describe
                .apply(process)
                .setAddress(process.address())
                .setKind(process.kind())
                .setPid(process.pid()));
        silent.add(process.address());
      }
      int share = Math.min(objectsMax, REFERENCES_MAX / Math.max(1, all.size()));
      GetReferences question = GetReferences.newBuilder().setObjectCountMax(share).build();
      deadline = loop.timers().schedule(timeoutNanos, this::finish);
      for (LocalProcess process : all) {
        router.send(
            router.packetTo(process.address()).setCorrelation(number).setGetReferences(question));
      }
      finishIfComplete();
    }

    void answered(long address, ProcessReferences references) {
      ProcessMemory.Builder process = asked.get(address);
      if (process != null && silent.remove(address)) {
        process.setReferences(references);
        finishIfComplete();
      }
    }

    void gone(long address) {
      if (silent.remove(address)) {
        finishIfComplete();
      }
    }

    private void finishIfComplete() {
      if (silent.isEmpty()) {
        finish();
      }
    }

    private void finish() {
      if (open.remove(number) == null) {
        return;
      }
      deadline.cancel();
      NodeMemoryReport.Builder memory =
          objects
              .listing(objectsMax)
              .setRaylet(identity.address())
              .setHostName(identity.hostName());
      asked.values().forEach(memory::addProcesses);
      peers
          .backlogs()
          .forEach((node, bytes) ->
              memory.addBacklogs(
                  PeerBacklog.newBuilder().setRaylet(ProcessAddress.of(node, 0)).setBytes(bytes)));
      answer.accept(envelope.setNodeMemoryReport(memory));
    }
  }
}
