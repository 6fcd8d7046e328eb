package io.mobula.worker.submit;

import io.mobula.agent.board.BoardLayout;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Isolation;
import io.mobula.proto.LeaseEnded;
import io.mobula.proto.LeaseGranted;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.PushTasks;
import io.mobula.proto.Resources;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.proto.WorkerEnd;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A submitter at process 1.1 with a recorded outbox, a hand-moved clock and the results it gave.
 */
final class SubmitterRig implements TaskSubmitter.Completion {
  static final long SELF = ProcessAddress.of(1, 1);
  static final long RAYLET = ProcessAddress.of(1, 0);
  static final long WORKER = ProcessAddress.of(1, 7);
  static final long OTHER_WORKER = ProcessAddress.of(1, 8);
  static final SchedulingClass ONE_CPU = schedulingClass(10_000);

  /** Run time of a task so short that the pipeline is as deep as can be. */
  static final long SHORT_NANOS = 1_000;

  final RecordingOutbox outbox = new RecordingOutbox(SELF);
  final ObjectTable table = new ObjectTable();
  final References references = new References(table, outbox);
  final Lineage lineage = new Lineage(Lineage.BYTES_MAX_DEFAULT);
  final ObjectRecovery recovery =
      new ObjectRecovery(outbox, table, references, lineage, this::submit);
  final ArgumentResolver resolver = new ArgumentResolver(references, recovery);
  final Map<String, Outcome> completed = new LinkedHashMap<>();
  final TaskSubmitter submitter = new TaskSubmitter(outbox, resolver, new PeerFunctions(), this, 5);

  /** Answers that counted for nothing, with who gave them. */
  final Map<TaskReply, Long> ignored = new LinkedHashMap<>();

  /** Leases that were granted, and their workers. */
  final Map<Long, Long> granted = new LinkedHashMap<>();

  long nowNanos = 1_000_000_000;
  private long lastSequence;

  static SchedulingClass schedulingClass(long cpu) {
    return new SchedulingClass(
        Resources.newBuilder().putAmounts("CPU", cpu).build(), Isolation.SHARED);
  }

  @Override
  public void onCompleted(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
    if (completed.put(task.name(), outcome) != null) {
      throw new AssertionError("completed twice: task=" + task.name());
    }
    references.completeOwned(task.result(), outcome);
    resolver.release(task);
  }

  @Override
  public void onIgnored(TaskReply reply, long from) {
    ignored.put(reply, from);
  }

  /** A task without arguments whose result nobody else holds. */
  PendingTask task(String name, int maxRetries, ObjectEntry... arguments) {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(SELF, ++lastSequence));
    table.add(result);
    for (ObjectEntry argument : arguments) {
      argument.retain();
    }
    return new PendingTask(
        result,
        new RemoteTarget(
            3, FunctionDescriptor.newBuilder().setMethodName("run").build(), "run", null),
        name,
        maxRetries,
        new @Nullable TaskArgument[arguments.length],
        arguments.clone(),
        new ArrayList<>());
  }

  /** Submits tasks that may be retried three times. */
  void submit(String... names) {
    for (String name : names) {
      submit(task(name, 3));
    }
  }

  void submit(PendingTask task) {
    submitter.submit(task, ONE_CPU, nowNanos);
  }

  /** The numbers of the lease requests sent since the last look. */
  List<Long> requests() {
    return outbox.take(BodyCase.REQUEST_LEASE).stream()
        .map(packet -> packet.getRequestLease().getRequest())
        .toList();
  }

  void grant(long request, long lease, long worker) {
    granted.put(lease, worker);
    submitter.onLeaseGranted(
        LeaseGranted.newBuilder().setRequest(request).setLease(lease).setWorker(worker).build(),
        ProcessAddress.rayletOf(worker),
        nowNanos);
  }

  /** Everything pushed to the worker since the last look, one list a packet. */
  List<List<String>> pushed(long worker) {
    List<Packet> pushes = outbox.take(BodyCase.PUSH_TASKS);
    return pushes.stream()
        .filter(packet -> packet.getTo() == worker)
        .map(packet -> names(packet.getPushTasks()))
        .toList();
  }

  static List<String> names(PushTasks push) {
    return push.getTasksList().stream().map(TaskSpec::getName).toList();
  }

  void reply(long lease, long worker, TaskReply... replies) {
    submitter.onReplies(lease, List.of(replies), worker, nowNanos);
  }

  static TaskReply done(PendingTask task, long runNanos) {
    return done(task, task.attempt(), runNanos);
  }

  static TaskReply done(PendingTask task, int attempt, long runNanos) {
    return TaskReply.newBuilder()
        .setSequence(task.sequence())
        .setAttempt(attempt)
        .setValue(io.mobula.proto.EncodedValue.newBuilder().setKind(1))
        .setRunNanos(runNanos)
        .build();
  }

  /** A node dies; or a worker, of which nobody knows what it was doing. */
  void die(long address) {
    if (!ProcessAddress.isRaylet(address)) {
      granted.forEach((lease, worker) -> {
        if (worker == address) {
          end(lease, WorkerEnd.newBuilder());
        }
      });
    }
    hearOfDeath(address, false);
  }

  /** The news of a death, by the GCS or because something could not be delivered. */
  void hearOfDeath(long address, boolean isOutOfReach) {
    submitter.onProcessDied(
        ProcessDied.newBuilder().setAddress(address).setPid(99).setReason("signal 9").build(),
        isOutOfReach,
        nowNanos);
  }

  /** A lease's worker dies, and its raylet tells how. */
  void end(long lease, WorkerEnd.Builder how) {
    long worker = granted.getOrDefault(lease, 0L);
    submitter.onLeaseEnded(
        LeaseEnded.newBuilder()
            .setLease(lease)
            .setEnd(how.setWorker(worker).setPid(99).setReason("signal 9"))
            .build(),
        ProcessAddress.rayletOf(worker),
        nowNanos);
  }

  /** A lease's worker dies in which so many tasks were running; these of the lease had started. */
  void end(long lease, int running, PendingTask... started) {
    end(lease, record(running, started));
  }

  /** What a worker notes of a lease; the last of those that had started was running. */
  static WorkerEnd.Builder record(int running, PendingTask... started) {
    WorkerEnd.Builder end =
        WorkerEnd.newBuilder()
            .setIsRecorded(true)
            .setRunningTasks(running)
            .setIsRunning(started.length > 0);
    for (PendingTask task : started) {
      end.addStarted(BoardLayout.mark(task.sequence(), task.attempt()));
    }
    return end;
  }

  /** The worker closes the lease by itself. */
  void close(long lease) {
    submitter.onLeaseEnded(
        LeaseEnded.newBuilder().setLease(lease).build(),
        ProcessAddress.rayletOf(granted.getOrDefault(lease, 0L)),
        nowNanos);
  }

  /** Why a task failed. */
  Failure failure(String name) {
    return completed.get(name) instanceof Outcome.Failed failed
        ? failed.failure()
        : Failure.getDefaultInstance();
  }

  /** A lease on the worker whose class is known to run short tasks; nothing is in flight on it. */
  void warmUp(long lease, long worker) {
    PendingTask first = task("warm-up " + lease, 0);
    submit(first);
    grant(requests().getLast(), lease, worker);
    reply(lease, worker, done(first, SHORT_NANOS));
    outbox.take();
    completed.clear();
  }
}
