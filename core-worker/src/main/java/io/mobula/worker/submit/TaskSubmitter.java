package io.mobula.worker.submit;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.CancelLeaseRequests;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDefinition;
import io.mobula.proto.LeaseEnded;
import io.mobula.proto.LeaseGranted;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.PushTasks;
import io.mobula.proto.RecallTasks;
import io.mobula.proto.RequestLease;
import io.mobula.proto.ReturnLease;
import io.mobula.proto.ReturnedTasks;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.Values;
import io.mobula.worker.submit.BlamePolicy.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs this process's tasks on leased workers. Owner thread: the core worker's loop.
 *
 * <h2>How it works</h2>
 *
 * <p>Tasks whose arguments are there queue by {@link SchedulingClass}. For a class with more tasks
 * than its leases can take, leases are requested from the raylet of this node, which grants them
 * here or names a better node. Tasks are pushed straight to the leased worker, as many at a time as
 * {@link PipelinePolicy} says. A lease that has had nothing to do for {@link #LINGER_NANOS} goes
 * back.
 *
 * <p>Nothing may wait behind a task that waits: when a worker's running task blocks, it hands back
 * what queued behind it ({@link #onReturned}); when a lease makes no progress for {@link
 * #RECALL_NANOS} while others queue behind, they are recalled.
 *
 * <p><b>How a lease ends.</b> Its owner gives it back when nothing is in flight on it; or its
 * raylet tells that it ended ({@link #onLeaseEnded}), with its worker or because the worker closed
 * it; or its node is dead or out of reach. What a dead worker was doing is known to its raylet
 * alone, so the news of the death by other ways only stops the pushes, and counts after {@link
 * #UNTOLD_NANOS}. {@link BlamePolicy} says what an end means for each task in flight: it is pushed
 * again, runs again within its budget, alone if it may have ended the worker, or fails. Each of
 * these goes before younger tasks. Answers to older attempts are ignored, and their workers told
 * so.
 */
public final class TaskSubmitter {
  /** How long an idle lease is kept for the next task. */
  static final long LINGER_NANOS = 20_000_000;

  /** How long a lease may be without an answer while tasks queue there. */
  static final long RECALL_NANOS = 10_000_000;

  /** How long a busy lease is kept: then it goes back, so that other owners have their turn. */
  static final long LEASE_NANOS = 500_000_000;

  /** How long after a worker's death its raylet's account of it is waited for. */
  static final long UNTOLD_NANOS = 10_000_000_000L;

  /** Open lease requests a class at most. */
  static final int REQUESTS_MAX = 64;

  /**
   * How often workers may give back a task since they found no copy of an argument, which then was
   * found or made again.
   */
  static final int SETBACKS_MAX = 20;

  /** That they could not reach one counts for so many: each has tried for a while. */
  static final int OUT_OF_REACH_SETBACKS = 5;

  /** A packet of tasks with as many bytes takes no more; links take a few times as much. */
  public static final int PACKET_BYTES_MAX = 32 << 20;

  private final Outbox outbox;
  private final ArgumentResolver resolver;
  private final PeerFunctions functions;
  private final Completion completion;
  private final int job;
  private final Map<SchedulingClass, ClassQueue> queues = new LinkedHashMap<>();
  private final Map<Long, ClassQueue> requests = new HashMap<>();
  private final Map<LeaseKey, HeldLease> leases = new HashMap<>();
  private long lastRequest;
  private int unfinished;

  /** A lease's number is unique within its raylet only. */
  private record LeaseKey(int node, long lease) {}

  /** Takes the tasks that are over. */
  public interface Completion {
    /**
     * @param from the worker that answered, 0 if the failure was found here
     * @param reply the worker's answer, null if the failure was found here
     */
    void onCompleted(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply);

    /**
     * An answer that nobody awaits: to an older attempt, to a task or call that has failed or was
     * given up, or one that came before. The worker keeps what is inside until it is told.
     */
    void onIgnored(TaskReply reply, long from);
  }

  public TaskSubmitter(
      Outbox outbox,
      ArgumentResolver resolver,
      PeerFunctions functions,
      Completion completion,
      int job) {
    this.outbox = outbox;
    this.resolver = resolver;
    this.functions = functions;
    this.completion = completion;
    this.job = job;
  }

  /** Tasks submitted and not yet over. */
  public int unfinished() {
    return unfinished;
  }

  public int heldLeases() {
    return leases.size();
  }

  public void submit(PendingTask task, SchedulingClass schedulingClass, long nowNanos) {
    unfinished++;
    task.setSchedulingClass(schedulingClass);
    resolver.resolve(
        task,
        resolved -> enqueue(resolved, schedulingClass, nowNanos),
        (failedTask, outcome) -> finish(failedTask, outcome, 0, null));
  }

  public void onLeaseGranted(LeaseGranted grant, long raylet, long nowNanos) {
    if (leases.containsKey(key(raylet, grant.getLease()))) {
      // Told twice.
      return;
    }
    ClassQueue queue = requests.remove(grant.getRequest());
    if (queue == null || queue.requests().remove(grant.getRequest()) == null) {
      returnLease(raylet, grant.getLease());
      return;
    }
    HeldLease lease = new HeldLease(grant.getLease(), raylet, grant.getWorker(), queue, nowNanos);
    queue.leases().add(lease);
    leases.put(key(raylet, grant.getLease()), lease);
    schedule(queue, nowNanos);
  }

  /** Another raylet is better placed: ask there. */
  public void onLeaseSpilled(long request, long raylet) {
    ClassQueue queue = requests.get(request);
    if (queue != null) {
      queue.requests().put(request, raylet);
      sendRequest(queue, request, raylet, true);
    }
  }

  /** No lease, for a reason that holds for every task of the class. */
  public void onLeaseRefused(long request, Failure failure) {
    ClassQueue queue = requests.remove(request);
    if (queue == null) {
      return;
    }
    queue.requests().remove(request);
    List<PendingTask> hopeless = new ArrayList<>(queue.ready());
    queue.ready().clear();
    cancelSurplusRequests(queue);
    Outcome outcome = new Outcome.Failed(failure);
    hopeless.forEach(task -> finish(task, outcome, 0, null));
    forgetIfIdle(queue);
  }

  public void onReplies(long leaseId, List<TaskReply> replies, long worker, long nowNanos) {
    HeldLease lease = leases.get(key(worker, leaseId));
    if (lease == null) {
      replies.forEach(reply -> completion.onIgnored(reply, worker));
      return;
    }
    lease.progress(nowNanos);
    for (TaskReply reply : replies) {
      PendingTask task = lease.find(reply.getSequence());
      if (task == null || task.attempt() != reply.getAttempt()) {
        completion.onIgnored(reply, worker);
        continue;
      }
      lease.remove(task);
      lease.queue().observe(reply.getRunNanos());
      finish(task, Values.outcome(reply), worker, reply);
    }
    dropIfOver(lease);
    schedule(lease.queue(), nowNanos);
  }

  /**
   * Tasks that have not started come back: one blocks, they were recalled, or arguments of theirs
   * are lost. Those wait, without a worker, until the arguments are there again. Those whose
   * arguments could not be reached go to the end of the line, and to another lease if there is one.
   */
  public void onReturned(ReturnedTasks returned, long worker, long nowNanos) {
    HeldLease lease = leases.get(key(worker, returned.getLease()));
    if (lease == null) {
      return;
    }
    boolean isForLackOfArguments = returned.getLostCount() > 0 || returned.hasUnreachable();
    if (!isForLackOfArguments) {
      lease.setRecalled(false);
    } else if (lease.queue().leases().remove(lease)) {
      lease.queue().leases().add(lease);
    }
    if (returned.getClosed()) {
      lease.close();
    }
    SchedulingClass schedulingClass = lease.queue().schedulingClass();
    for (long sequence : returned.getTasksList().reversed()) {
      PendingTask task = lease.find(sequence);
      if (task == null) {
        continue;
      }
      lease.remove(task);
      if (!isForLackOfArguments) {
        lease.queue().putBack(task);
      } else if (task.countSetbacks(returned.hasUnreachable() ? OUT_OF_REACH_SETBACKS : 1)
          > SETBACKS_MAX) {
        finish(task, new Outcome.Failed(outOfReach(task, returned)), 0, null);
      } else if (returned.hasUnreachable()) {
        // What it names may be elsewhere by now.
        task.setUnresolved(0);
        lease.queue().ready().addLast(task);
      } else {
        resolver.resolveLost(
            task,
            returned.getLostList(),
            resolved -> enqueue(resolved, schedulingClass, nowNanos),
            (failedTask, outcome) -> finish(failedTask, outcome, 0, null));
      }
    }
    dropIfOver(lease);
    schedule(lease.queue(), nowNanos);
  }

  private static Failure outOfReach(PendingTask task, ReturnedTasks returned) {
    return Failures.argumentOutOfReach(
        task.name(),
        returned.hasUnreachable()
            ? returned.getUnreachable().getMessage()
            : "no copy found where the owner has one: object="
                + ObjectKey.of(returned.getLost(0).getId()));
  }

  public void onBlocked(long leaseId, boolean isBlocked, long worker, long nowNanos) {
    HeldLease lease = leases.get(key(worker, leaseId));
    if (lease != null) {
      lease.setBlocked(isBlocked);
      lease.progress(nowNanos);
      schedule(lease.queue(), nowNanos);
    }
  }

  /**
   * A lease ended without our doing. If its worker lives, what is in flight is answered or comes
   * back.
   */
  public void onLeaseEnded(LeaseEnded ended, long raylet, long nowNanos) {
    HeldLease lease = leases.get(key(raylet, ended.getLease()));
    if (lease == null) {
      return;
    }
    if (ended.hasEnd()) {
      lose(Map.of(lease, LeaseLoss.ofWorker(ended.getEnd())));
    } else {
      lease.close();
      dropIfOver(lease);
    }
    scheduleAll(nowNanos);
  }

  /**
   * A worker or a whole node is dead, or out of reach.
   *
   * @param isOutOfReach whether its node was given up, though it may live: then nothing of it will
   *     be told
   */
  public void onProcessDied(ProcessDied death, boolean isOutOfReach, long nowNanos) {
    long dead = death.getAddress();
    Map<HeldLease, LeaseLoss> lost = new LinkedHashMap<>();
    for (HeldLease lease : leases.values()) {
      if (!ProcessAddress.diesWith(lease.worker(), dead)) {
        continue;
      }
      if (isOutOfReach || ProcessAddress.isRaylet(dead)) {
        lost.put(lease, LeaseLoss.ofNode(lease.worker(), death));
      } else if (lease.isClosed()) {
        // Its raylet has told of its end before.
        lost.put(lease, LeaseLoss.ofWorker(lease.worker(), death));
      } else {
        lease.setDeath(death, nowNanos);
      }
    }
    lose(lost);
    askElsewhere(dead);
    scheduleAll(nowNanos);
  }

  /** Room again on the way to a peer that was congested. */
  public void onWritable(long nowNanos) {
    scheduleAll(nowNanos);
  }

  /**
   * Returns idle leases, recalls what waits behind slow tasks, and gives up waiting for what a dead
   * worker's raylet has not told.
   *
   * @return nanoseconds until this must be called again, or -1 if nothing is held
   */
  public long onTick(long nowNanos) {
    Map<HeldLease, LeaseLoss> untold = new LinkedHashMap<>();
    for (HeldLease lease : List.copyOf(leases.values())) {
      long still = nowNanos - lease.lastProgressNanos();
      ProcessDied death = lease.death();
      if (death != null) {
        if (nowNanos - lease.deathNanos() >= UNTOLD_NANOS) {
          untold.put(lease, LeaseLoss.ofWorker(lease.worker(), death));
        }
      } else if (lease.isClosed()) {
        // What is in flight comes.
      } else if (lease.inFlight().isEmpty() && !lease.isBlocked() && still >= LINGER_NANOS) {
        giveBack(lease);
      } else if (lease.inFlight().size() > 1
          && !lease.isRecalled()
          && !lease.isBlocked()
          && still >= RECALL_NANOS) {
        lease.setRecalled(true);
        lease.queue().expectSlow();
        outbox.send(
            lease.worker(),
            Packet.newBuilder().setRecallTasks(RecallTasks.newBuilder().setLease(lease.id())));
      }
    }
    if (!untold.isEmpty()) {
      lose(untold);
      scheduleAll(nowNanos);
    }
    return leases.isEmpty() ? -1 : RECALL_NANOS;
  }

  /** The cluster is lost or this process closes: every task that is not over fails. */
  public void failAll(Failure failure) {
    Outcome outcome = new Outcome.Failed(failure);
    List<PendingTask> all = new ArrayList<>();
    for (ClassQueue queue : queues.values()) {
      all.addAll(queue.ready());
      queue.leases().forEach(lease -> all.addAll(lease.takeAll()));
    }
    queues.clear();
    leases.clear();
    requests.clear();
    all.forEach(task -> finish(task, outcome, 0, null));
  }

  private void enqueue(PendingTask task, SchedulingClass schedulingClass, long nowNanos) {
    ClassQueue queue = queue(schedulingClass);
    queue.ready().addLast(task);
    schedule(queue, nowNanos);
  }

  private void scheduleAll(long nowNanos) {
    for (ClassQueue queue : List.copyOf(queues.values())) {
      schedule(queue, nowNanos);
    }
  }

  private void schedule(ClassQueue queue, long nowNanos) {
    int depth = queue.depth();
    returnOldLeases(queue, nowNanos);
    for (HeldLease lease : queue.leases()) {
      if (queue.ready().isEmpty()) {
        break;
      }
      boolean mayTakeMore =
          lease.isOpen() && !lease.isBlocked() && !lease.isRecalled() && !lease.isOld(nowNanos);
      if (mayTakeMore && !outbox.isCongested(lease.worker())) {
        push(lease, depth, nowNanos);
      }
    }
    requestLeases(queue);
    cancelSurplusRequests(queue);
    forgetIfIdle(queue);
  }

  private void push(HeldLease lease, int depth, long nowNanos) {
    ClassQueue queue = lease.queue();
    int room = lease.room(depth);
    if (room <= 0 || !mayJoin(lease, queue.ready().getFirst())) {
      return;
    }
    if (lease.inFlight().isEmpty()) {
      lease.progress(nowNanos);
    }
    PushTasks.Builder push = PushTasks.newBuilder().setLease(lease.id()).setJob(job);
    long sizeBytes = 0;
    while (room-- > 0
        && sizeBytes < PACKET_BYTES_MAX
        && !queue.ready().isEmpty()
        && mayJoin(lease, queue.ready().getFirst())) {
      PendingTask task = queue.ready().removeFirst();
      FunctionDefinition definition = functions.define(lease.worker(), task.target());
      if (definition != null) {
        push.addDefinitions(definition);
      }
      TaskSpec spec = task.spec();
      push.addTasks(spec);
      sizeBytes += spec.getSerializedSize();
      lease.add(task);
    }
    outbox.send(lease.worker(), Packet.newBuilder().setPushTasks(push));
  }

  /** A task that may have ended a worker may end the next: nothing else is there with it. */
  private static boolean mayJoin(HeldLease lease, PendingTask task) {
    PendingTask first = lease.inFlight().peekFirst();
    return first == null || (!first.isAlone() && !task.isAlone());
  }

  private void requestLeases(ClassQueue queue) {
    int wanted = Math.min(queue.ready().size(), REQUESTS_MAX) - queue.requests().size();
    for (int i = 0; i < wanted; i++) {
      long request = ++lastRequest;
      queue.requests().put(request, outbox.raylet());
      requests.put(request, queue);
      sendRequest(queue, request, outbox.raylet(), false);
    }
  }

  private void sendRequest(ClassQueue queue, long request, long raylet, boolean isSpilled) {
    PendingTask example = queue.ready().peekFirst();
    outbox.send(
        raylet,
        Packet.newBuilder()
            .setRequestLease(
                RequestLease.newBuilder()
                    .setRequest(request)
                    .setJob(job)
                    .setResources(queue.schedulingClass().resources())
                    .setIsolation(queue.schedulingClass().isolation())
                    .setBacklog(queue.ready().size())
                    .setSpilled(isSpilled)
                    .setTaskName(example == null ? "" : example.name())));
  }

  private void cancelSurplusRequests(ClassQueue queue) {
    if (!queue.ready().isEmpty() || queue.requests().isEmpty()) {
      return;
    }
    Map<Long, CancelLeaseRequests.Builder> cancels = new LinkedHashMap<>();
    queue
        .requests()
        .forEach((request, raylet) -> {
          requests.remove(request);
          cancels
              .computeIfAbsent(raylet, fresh -> CancelLeaseRequests.newBuilder())
              .addRequests(request);
        });
    queue.requests().clear();
    cancels.forEach((raylet, cancel) ->
        outbox.send(raylet, Packet.newBuilder().setCancelLeaseRequests(cancel)));
  }

  /** These are gone, with what was in flight on them. Call {@link #scheduleAll} afterwards. */
  private void lose(Map<HeldLease, LeaseLoss> lost) {
    Map<PendingTask, HeldLease> inFlight =
        new TreeMap<>(Comparator.comparingLong(PendingTask::sequence));
    for (HeldLease lease : lost.keySet()) {
      drop(lease);
      lease.takeAll().forEach(task -> inFlight.put(task, lease));
    }
    inFlight.forEach((task, lease) -> {
      LeaseLoss loss = lost.get(lease);
      if (loss != null) {
        retryOrFail(task, lease.queue(), loss);
      }
    });
  }

  private void retryOrFail(PendingTask task, ClassQueue queue, LeaseLoss loss) {
    Verdict verdict = loss.verdict(task);
    if (verdict == Verdict.NOT_STARTED && !loss.end().getIsExpected()) {
      task.losePush();
    }
    boolean mayGoOn =
        switch (verdict) {
          case NOT_STARTED -> task.lostPushes() < BlamePolicy.LOST_PUSHES_MAX;
          case SUSPECT -> task.mayBeExcused();
          case CHARGED, CHARGED_ALONE -> task.mayRetry();
        };
    if (!mayGoOn) {
      finish(task, new Outcome.Failed(loss.failure(task)), 0, null);
      return;
    }
    if (verdict == Verdict.SUSPECT) {
      task.excuse();
    }
    if (verdict != Verdict.NOT_STARTED) {
      task.nextAttempt();
    }
    if (verdict.isAlone() || task.lostPushes() >= BlamePolicy.LOST_PUSHES_IN_COMPANY) {
      task.setAlone();
    }
    (task.isAlone() ? queue(queue.schedulingClass().alone()) : queue).putBack(task);
  }

  private ClassQueue queue(SchedulingClass schedulingClass) {
    return queues.computeIfAbsent(schedulingClass, fresh -> new ClassQueue(schedulingClass));
  }

  private void askElsewhere(long dead) {
    if (!ProcessAddress.isRaylet(dead)) {
      return;
    }
    requests.forEach((request, queue) -> {
      if (Objects.equals(queue.requests().get(request), dead)) {
        queue.requests().put(request, outbox.raylet());
        sendRequest(queue, request, outbox.raylet(), false);
      }
    });
  }

  private void returnOldLeases(ClassQueue queue, long nowNanos) {
    List<HeldLease> old = new ArrayList<>(0);
    for (HeldLease lease : queue.leases()) {
      boolean isIdle = lease.inFlight().isEmpty() && !lease.isBlocked();
      if (lease.isOpen() && lease.isOld(nowNanos) && isIdle) {
        old.add(lease);
      }
    }
    for (HeldLease lease : old) {
      drop(lease);
      returnLease(lease.raylet(), lease.id());
    }
  }

  private void giveBack(HeldLease lease) {
    drop(lease);
    returnLease(lease.raylet(), lease.id());
    forgetIfIdle(lease.queue());
  }

  private void drop(HeldLease lease) {
    leases.remove(key(lease.raylet(), lease.id()));
    lease.queue().leases().remove(lease);
  }

  /** A lease that was closed at its worker is gone with the last answer. */
  private void dropIfOver(HeldLease lease) {
    if (lease.isClosed() && lease.inFlight().isEmpty()) {
      drop(lease);
      forgetIfIdle(lease.queue());
    }
  }

  private void returnLease(long raylet, long leaseId) {
    outbox.send(
        raylet, Packet.newBuilder().setReturnLease(ReturnLease.newBuilder().setLease(leaseId)));
  }

  private void forgetIfIdle(ClassQueue queue) {
    if (queue.isIdle()) {
      queues.remove(queue.schedulingClass(), queue);
    }
  }

  private void finish(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
    unfinished--;
    completion.onCompleted(task, outcome, from, reply);
  }

  private static LeaseKey key(long addressOnNode, long leaseId) {
    return new LeaseKey(ProcessAddress.node(addressOnNode), leaseId);
  }

  /** What a task fails with when its owner goes away. */
  public static Failure closing(String reason) {
    return Failures.of(FailureKind.CLUSTER_LOST, reason);
  }
}
