package io.mobula.worker.execute;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.board.RunningSlot;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LeaseBlocked;
import io.mobula.proto.LeaseClosed;
import io.mobula.proto.Packet;
import io.mobula.proto.PushTasks;
import io.mobula.proto.ReturnedTasks;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Outbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a task worker: a lease each, whose tasks run one after another. Owner thread: the
 * core worker's loop.
 *
 * <p>A slot is made by the first push for its lease and ends when the raylet revokes the lease.
 * When the running task blocks, the tasks behind it go back to the owner, so that nothing waits
 * behind a task that waits; so do those that the owner recalls and those of a revoked lease.
 *
 * <p>However a lease ends here, each task that was pushed on it is answered or goes back; so does
 * what is pushed on it later.
 */
public final class TaskSlots {
  /** A thread that is seen once may just be taking a breath. */
  private static final int SIGHTINGS_TO_COUNT = 2;

  private final Outbox outbox;
  private final ArgumentFetcher arguments;
  private final Function<Long, TaskQueue> queues;
  private final Replies replies;
  private final RunningBoard board;
  private final EndedLeases ended = new EndedLeases();
  private final Map<Long, Slot> slots = new HashMap<>();

  /** The thread side of a slot. */
  public interface TaskQueue {
    void add(Execution execution);

    /**
     * Nothing more comes. The slot's thread reports by {@link TaskSlots#onClosed} when it is free.
     */
    void end(boolean isInterrupted);
  }

  /** One lease here. */
  private static final class Slot {
    private final long owner;
    private final TaskQueue queue;
    private final RunningSlot running;
    private final ArrayDeque<Execution> unfinished = new ArrayDeque<>();
    private boolean isBlocked;
    private boolean isRevoked;

    /** Whether the task has said that it waits. */
    private boolean isWaiting;

    /** How often in a row its thread was seen waiting. */
    private int sightings;

    Slot(long owner, TaskQueue queue, RunningSlot running) {
      this.owner = owner;
      this.queue = queue;
      this.running = running;
    }

    /** Whether a task has started and not ended. */
    boolean isRunning() {
      for (Execution execution : unfinished) {
        if (!execution.isQueued()) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * @param queues makes the thread side of a lease's slot
   * @param board notes what the slots' threads do
   */
  public TaskSlots(
      Outbox outbox,
      ArgumentFetcher arguments,
      Function<Long, TaskQueue> queues,
      Replies replies,
      RunningBoard board) {
    this.outbox = outbox;
    this.arguments = arguments;
    this.queues = queues;
    this.replies = replies;
    this.board = board;
  }

  public void onPush(long owner, PushTasks push, PeerMethods methods) {
    methods.define(owner, push.getDefinitionsList());
    Slot slot = slot(push.getLease(), owner);
    if (slot == null) {
      ReturnedTasks.Builder returned = closed(push.getLease());
      push.getTasksList().forEach(spec -> returned.addTasks(spec.getSequence()));
      outbox.send(owner, Packet.newBuilder().setReturnedTasks(returned));
      return;
    }
    for (TaskSpec spec : push.getTasksList()) {
      Execution execution =
          new Execution(
              owner, push.getLease(), spec, methods.find(owner, spec.getFunction()), slot.running);
      slot.unfinished.addLast(execution);
      arguments.fetch(
          execution,
          ready -> {
            if (slots.get(ready.lease()) == slot && !slot.isRevoked) {
              slot.queue.add(ready);
            }
          },
          this::failUnstarted);
    }
    if (slot.isBlocked || slot.isRevoked) {
      // It was pushed before its owner heard.
      giveBack(push.getLease(), slot, false);
    }
  }

  /** The owner wants back what has not started. */
  public void onRecall(long owner, long lease) {
    Slot slot = slots.get(lease);
    if (slot != null) {
      giveBack(lease, slot, true);
    } else {
      outbox.send(owner, Packet.newBuilder().setReturnedTasks(closed(lease)));
    }
  }

  /** The lease ends: nothing more starts, what runs is interrupted. */
  public void onRevoke(long lease) {
    Slot slot = slots.get(lease);
    if (slot == null) {
      tellClosed(lease);
      return;
    }
    slot.isRevoked = true;
    giveBack(lease, slot, false);
    slot.queue.end(!slot.unfinished.isEmpty());
  }

  /** This process's part in the cluster is over: nothing more starts, what runs is interrupted. */
  public void end() {
    for (Slot slot : slots.values()) {
      // Wakes the thread that waits for arguments that were let go: they will not come.
      slot.unfinished.forEach(Execution::takeBack);
      slot.queue.end(true);
    }
  }

  /** The slot's thread is free: because the lease was revoked, or by an error. */
  public void onClosed(long lease) {
    Slot slot = slots.remove(lease);
    if (slot == null) {
      return;
    }
    slot.isRevoked = true;
    giveBack(lease, slot, false);
    for (Execution unanswered : List.copyOf(slot.unfinished)) {
      String name = unanswered.name();
      onFinished(
          unanswered,
          refusal(
              unanswered,
              Failures.of(
                  FailureKind.INTERNAL,
                  "the thread that ran the task ended without an answer: task=" + name)));
    }
    board.close(slot.running);
    tellClosed(lease);
  }

  /** The running task waits in get or wait, or goes on. */
  public void onBlocked(long lease, boolean isWaiting) {
    Slot slot = slots.get(lease);
    if (slot != null) {
      slot.isWaiting = isWaiting;
      slot.sightings = 0;
      tellIfBlocked(lease, slot);
    }
  }

  /** Looks which threads wait for something that they do not say. */
  void onLook(LeaseThreads threads) {
    slots.forEach((lease, slot) -> {
      slot.sightings =
          threads.isWaiting(lease) ? Math.min(slot.sightings + 1, SIGHTINGS_TO_COUNT) : 0;
      tellIfBlocked(lease, slot);
    });
  }

  /** There is nothing any more that they could wait for without saying so. */
  void onNothingToLookFor() {
    slots.forEach((lease, slot) -> {
      slot.sightings = 0;
      tellIfBlocked(lease, slot);
    });
  }

  private void tellIfBlocked(long lease, Slot slot) {
    if (!slot.isRunning()) {
      // Whatever waited for it: it goes on no more, and a thread that it left behind is not it.
      slot.isWaiting = false;
      slot.sightings = 0;
    }
    boolean isBlocked = slot.isWaiting || slot.sightings >= SIGHTINGS_TO_COUNT;
    if (isBlocked == slot.isBlocked) {
      return;
    }
    LeaseBlocked.Builder news = LeaseBlocked.newBuilder().setLease(lease).setBlocked(isBlocked);
    outbox.send(outbox.raylet(), Packet.newBuilder().setLeaseBlocked(news));
    outbox.send(slot.owner, Packet.newBuilder().setLeaseBlocked(news));
    slot.isBlocked = isBlocked;
    if (isBlocked) {
      giveBack(lease, slot, false);
    }
  }

  /** A task is over. */
  public void onFinished(Execution execution, TaskReply reply) {
    Slot slot = slots.get(execution.lease());
    if (slot != null) {
      slot.unfinished.remove(execution);
      slot.sightings = 0;
      tellIfBlocked(execution.lease(), slot);
    }
    arguments.release(execution);
    replies.send(execution, reply);
  }

  /** An owner died: its tasks must not start. Their leases are revoked by the raylet. */
  public void onProcessDied(long dead) {
    List<Long> orphaned = new ArrayList<>();
    slots.forEach((lease, slot) -> {
      if (ProcessAddress.diesWith(slot.owner, dead)) {
        orphaned.add(lease);
      }
    });
    for (long lease : orphaned) {
      Slot slot = slots.get(lease);
      if (slot != null) {
        giveBack(lease, slot, false);
      }
    }
  }

  /**
   * An argument can't be had. One that is lost may be made again, but not while we hold a CPU; one
   * that can't be reached from here may be from elsewhere, or later.
   */
  private void failUnstarted(Execution execution, StoredObject argument, Failure failure) {
    if (execution.takeBack()) {
      Slot slot = slots.get(execution.lease());
      if (slot != null) {
        slot.unfinished.remove(execution);
      }
      if (ArgumentFetcher.isLost(failure)) {
        outbox.send(
            execution.owner(),
            Packet.newBuilder()
                .setReturnedTasks(
                    ReturnedTasks.newBuilder()
                        .setLease(execution.lease())
                        .addTasks(execution.spec().getSequence())
                        .addLost(argument)));
        return;
      }
      if (ArgumentFetcher.isOutOfReach(failure)) {
        outbox.send(
            execution.owner(),
            Packet.newBuilder()
                .setReturnedTasks(
                    ReturnedTasks.newBuilder()
                        .setLease(execution.lease())
                        .addTasks(execution.spec().getSequence())
                        .setUnreachable(failure)));
        return;
      }
      replies.send(execution, refusal(execution, failure));
    }
  }

  /** The lease's slot, made if need be; null if the lease has ended. */
  private @Nullable Slot slot(long lease, long owner) {
    Slot known = slots.get(lease);
    if (known != null || ended.contains(lease)) {
      return known;
    }
    Slot made = new Slot(owner, queues.apply(lease), board.open(lease));
    slots.put(lease, made);
    return made;
  }

  private void tellClosed(long lease) {
    ended.add(lease);
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setLeaseClosed(LeaseClosed.newBuilder().setLease(lease)));
  }

  private static ReturnedTasks.Builder closed(long lease) {
    return ReturnedTasks.newBuilder().setLease(lease).setClosed(true);
  }

  private static TaskReply refusal(Execution execution, Failure failure) {
    return TaskReply.newBuilder()
        .setSequence(execution.spec().getSequence())
        .setAttempt(execution.spec().getAttempt())
        .setFailure(failure)
        .build();
  }

  /**
   * Takes back what has not started. Says so if there was something, or if the owner waits for an
   * answer.
   */
  private void giveBack(long lease, Slot slot, boolean isAsked) {
    ReturnedTasks.Builder returned =
        ReturnedTasks.newBuilder().setLease(lease).setClosed(slot.isRevoked);
    for (Iterator<Execution> all = slot.unfinished.iterator(); all.hasNext(); ) {
      Execution execution = all.next();
      if (execution.takeBack()) {
        all.remove();
        arguments.release(execution);
        returned.addTasks(execution.spec().getSequence());
      }
    }
    if (isAsked || returned.getTasksCount() > 0) {
      outbox.send(slot.owner, Packet.newBuilder().setReturnedTasks(returned));
    }
  }

  /** Slots that exist. For inspection. */
  public int size() {
    return slots.size();
  }
}
