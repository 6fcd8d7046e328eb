package io.mobula.worker.history;

import io.mobula.agent.board.BoardLayout;
import io.mobula.agent.board.BoardReport;
import io.mobula.agent.board.BoardReport.LeaseRun;
import io.mobula.agent.board.RunningBoard;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Packet;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A worker whose threads move when the history says so. */
final class Worker {
  /** Told of each start. */
  interface Onlooker {
    void onStarted(Execution execution);
  }

  private final PeerMethods methods = new PeerMethods(Worker.class.getClassLoader());
  private final Map<Long, SlotThread> threads = new LinkedHashMap<>();
  private final Map<Long, LeaseRun> over = new LinkedHashMap<>();
  private final Replies replies;
  private final Onlooker onlooker;
  final TaskSlots slots;

  /** A lease's thread. */
  private static final class SlotThread implements TaskSlots.TaskQueue {
    private final ArrayDeque<Execution> queue = new ArrayDeque<>();
    private final List<Long> started = new ArrayList<>();
    private @Nullable Execution running;
    private boolean isEnding;

    @Override
    public void add(Execution execution) {
      queue.addLast(execution);
    }

    @Override
    public void end(boolean isInterrupted) {
      isEnding = true;
    }
  }

  Worker(long self, Network network, Onlooker onlooker) {
    this.onlooker = onlooker;
    Outbox outbox = network.outbox(self);
    ObjectTable table = new ObjectTable();
    this.replies = new Replies(outbox, table, new References(table, outbox));
    this.slots =
        new TaskSlots(
            outbox,
            new ArgumentFetcher(new SharedObjects(outbox)),
            lease -> {
              SlotThread thread = new SlotThread();
              threads.put(lease, thread);
              return thread;
            },
            replies,
            RunningBoard.unwatched());
    network.join(self, this::onPacket);
  }

  /**
   * One thread goes on.
   *
   * @param mayFail whether it may end by an error
   * @return whether the process is at its end
   */
  boolean step(RandomGenerator random, boolean mayFail) {
    if (threads.isEmpty()) {
      return false;
    }
    List<Long> leases = List.copyOf(threads.keySet());
    long lease = leases.get(random.nextInt(leases.size()));
    SlotThread thread = threads.getOrDefault(lease, new SlotThread());
    Execution running = thread.running;
    if (mayFail && random.nextInt(40) == 0) {
      close(lease, thread);
    } else if (running != null && random.nextInt(6) == 0) {
      slots.onBlocked(lease, random.nextBoolean());
    } else if (running != null) {
      thread.running = null;
      slots.onFinished(running, done(running, random));
    } else if (thread.isEnding) {
      close(lease, thread);
    } else if (!thread.queue.isEmpty()) {
      return start(thread, thread.queue.removeFirst());
    }
    replies.flush();
    return false;
  }

  /** What its board says. */
  BoardReport board() {
    Map<Long, LeaseRun> runs = new LinkedHashMap<>(over);
    int running = 0;
    for (Map.Entry<Long, SlotThread> entry : threads.entrySet()) {
      SlotThread thread = entry.getValue();
      runs.put(entry.getKey(), new LeaseRun(thread.started, thread.running != null));
      running += thread.running != null ? 1 : 0;
    }
    return new BoardReport(true, runs, running);
  }

  private void close(long lease, SlotThread thread) {
    threads.remove(lease);
    over.put(lease, new LeaseRun(thread.started, false));
    slots.onClosed(lease);
  }

  private boolean start(SlotThread thread, Execution execution) {
    if (!execution.start()) {
      return false;
    }
    thread.running = execution;
    thread.started.add(
        BoardLayout.mark(execution.spec().getSequence(), execution.spec().getAttempt()));
    onlooker.onStarted(execution);
    return execution.name().equals(Owner.POISON);
  }

  private static TaskReply done(Execution execution, RandomGenerator random) {
    return TaskReply.newBuilder()
        .setSequence(execution.spec().getSequence())
        .setAttempt(execution.spec().getAttempt())
        .setValue(EncodedValue.newBuilder().setKind(1))
        .setRunNanos(random.nextInt(4) == 0 ? 5_000_000 : 1_000)
        .build();
  }

  private void onPacket(Packet packet) {
    switch (packet.getBodyCase()) {
      case PUSH_TASKS -> slots.onPush(packet.getFrom(), packet.getPushTasks(), methods);
      case RECALL_TASKS -> slots.onRecall(packet.getFrom(), packet.getRecallTasks().getLease());
      case REVOKE_LEASE -> slots.onRevoke(packet.getRevokeLease().getLease());
      case UNDELIVERABLE -> slots.onProcessDied(packet.getUndeliverable().getAddress());
      default -> throw new AssertionError("unexpected: " + packet);
    }
    replies.flush();
  }
}
