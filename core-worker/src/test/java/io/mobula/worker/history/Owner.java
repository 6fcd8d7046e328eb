package io.mobula.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Isolation;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.Resources;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.DeadProcesses;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process that submits tasks, and the outcomes that it got. */
final class Owner implements TaskSubmitter.Completion {
  static final String POISON = "poison";
  private static final SchedulingClass TASKS =
      new SchedulingClass(
          Resources.newBuilder().putAmounts("CPU", 10_000).build(), Isolation.SHARED);

  private final long self;
  private final ObjectTable table = new ObjectTable();
  private final References references;
  private final ArgumentResolver resolver;
  private final PeerFunctions functions = new PeerFunctions();
  private final DeadProcesses dead = new DeadProcesses();
  final TaskSubmitter submitter;
  final Map<Long, PendingTask> submitted = new LinkedHashMap<>();
  final Map<Long, Outcome> outcomes = new LinkedHashMap<>();
  long nowNanos = 1_000_000_000L;

  Owner(long self, Network network) {
    this.self = self;
    Outbox outbox = network.outbox(self);
    this.references = new References(table, outbox);
    Lineage lineage = new Lineage(0);
    this.resolver =
        new ArgumentResolver(
            references,
            new ObjectRecovery(
                outbox,
                table,
                references,
                lineage,
                task -> {
                  throw new AssertionError("nothing is lost in these histories");
                }));
    this.submitter = new TaskSubmitter(outbox, resolver, functions, this, 5);
    network.join(self, this::onPacket);
  }

  void submit(boolean isPoison, int maxRetries) {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(self, submitted.size() + 1L));
    table.add(result);
    PendingTask task =
        new PendingTask(
            result,
            new RemoteTarget(
                3, FunctionDescriptor.newBuilder().setMethodName("run").build(), "run", null),
            isPoison ? POISON : "innocent",
            maxRetries,
            new @Nullable TaskArgument[0],
            new @Nullable ObjectEntry[0],
            new ArrayList<>());
    submitted.put(task.sequence(), task);
    submitter.submit(task, TASKS, nowNanos);
  }

  void tick() {
    submitter.onTick(nowNanos);
  }

  @Override
  public void onCompleted(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
    assertThat(outcomes.put(task.sequence(), outcome)).as("completed twice").isNull();
    references.completeOwned(task.result(), outcome);
    resolver.release(task);
  }

  @Override
  public void onIgnored(TaskReply reply, long from) {
    // It has been given up, or answered before.
  }

  private void onPacket(Packet packet) {
    long from = packet.getFrom();
    if (dead.contains(from)) {
      return;
    }
    switch (packet.getBodyCase()) {
      case TASK_REPLIES ->
          submitter.onReplies(
              packet.getTaskReplies().getLease(),
              packet.getTaskReplies().getRepliesList(),
              from,
              nowNanos);
      case RETURNED_TASKS -> submitter.onReturned(packet.getReturnedTasks(), from, nowNanos);
      case LEASE_BLOCKED ->
          submitter.onBlocked(
              packet.getLeaseBlocked().getLease(),
              packet.getLeaseBlocked().getBlocked(),
              from,
              nowNanos);
      case LEASE_GRANTED -> submitter.onLeaseGranted(packet.getLeaseGranted(), from, nowNanos);
      case LEASE_SPILLED ->
          submitter.onLeaseSpilled(
              packet.getLeaseSpilled().getRequest(), packet.getLeaseSpilled().getRaylet());
      case LEASE_ENDED -> submitter.onLeaseEnded(packet.getLeaseEnded(), from, nowNanos);
      case PROCESS_DIED -> {
        dead.add(packet.getProcessDied().getAddress());
        died(packet.getProcessDied(), false);
      }
      case UNDELIVERABLE ->
          died(
              ProcessDied.newBuilder().setAddress(packet.getUndeliverable().getAddress()).build(),
              packet.getUndeliverable().getGivenUp());
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  private void died(ProcessDied death, boolean isGivenUp) {
    if (death.getAddress() != ProcessAddress.GCS) {
      functions.onProcessDied(death.getAddress());
      submitter.onProcessDied(death, isGivenUp, nowNanos);
    }
  }
}
