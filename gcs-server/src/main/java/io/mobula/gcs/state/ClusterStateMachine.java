package io.mobula.gcs.state;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EndJob;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.JobConfig;
import io.mobula.proto.JobRegistered;
import io.mobula.proto.JobState;
import io.mobula.proto.KvAnswer;
import io.mobula.proto.KvPut;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeLost;
import io.mobula.proto.NodeRegistered;
import io.mobula.proto.NodeState;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cluster's truth. Owner thread: the one that applies the log.
 *
 * <p>How it works: {@link #apply} takes one command to the next state and returns what has to be
 * done because of it. It depends on nothing but the commands before: the same commands give the
 * same state, and so does a snapshot followed by the rest. A request that can't be granted is a
 * command like any other; its effect is a refusal. Commands may be repeated: a node, job, actor or
 * death that is known is answered as the first time.
 */
public final class ClusterStateMachine {
  private final NodeTable nodes;
  private final JobTable jobs;
  private final ProcessTable processes = new ProcessTable();
  private final ActorTable actors;
  private final KvTable kv;
  private final ActorRegistration registration;
  private final ActorLifecycle lifecycle;

  /** An empty cluster. */
  public ClusterStateMachine(StateLimits limits) {
    nodes = new NodeTable(limits);
    jobs = new JobTable(limits);
    actors = new ActorTable(limits);
    kv = new KvTable(limits);
    registration = new ActorRegistration(actors, jobs, nodes, limits);
    lifecycle = new ActorLifecycle(actors, processes, jobs, nodes, limits);
  }

  /** The cluster of a snapshot. */
  public static ClusterStateMachine restore(GcsSnapshot snapshot, StateLimits limits) {
    ClusterStateMachine machine = new ClusterStateMachine(limits);
    machine.nodes.restore(snapshot);
    machine.jobs.restore(snapshot);
    machine.processes.restore(snapshot);
    machine.actors.restore(snapshot);
    machine.kv.restore(snapshot);
    return machine;
  }

  /** Everything; equal states give equal snapshots. */
  public GcsSnapshot snapshot() {
    GcsSnapshot.Builder snapshot = GcsSnapshot.newBuilder();
    nodes.save(snapshot);
    jobs.save(snapshot);
    processes.save(snapshot);
    actors.save(snapshot);
    kv.save(snapshot);
    return snapshot.build();
  }

  public NodeTable nodes() {
    return nodes;
  }

  public JobTable jobs() {
    return jobs;
  }

  public ProcessTable processes() {
    return processes;
  }

  public ActorTable actors() {
    return actors;
  }

  public KvTable kv() {
    return kv;
  }

  /** Takes the command in and says what has to be done, in this order. */
  public List<Effect> apply(GcsCommand command) {
    List<Effect> effects = new ArrayList<>();
    switch (command.getCommandCase()) {
      case REGISTER_NODE -> registerNode(command, effects);
      case NODE_LOST -> loseNode(command.getNodeLost(), command.getNowMillis(), effects);
      case REGISTER_JOB -> registerJob(command, effects);
      case END_JOB -> endJob(command.getEndJob(), command.getNowMillis(), effects);
      case PROCESS_STARTED -> addProcess(command.getProcessStarted());
      case PROCESS_DIED -> removeProcess(command.getProcessDied(), command.getNowMillis(), effects);
      case REGISTER_ACTOR -> registration.apply(command, effects);
      case ACTOR_ASSIGNED -> lifecycle.onAssigned(command.getActorAssigned(), effects);
      case ACTOR_PLACED -> lifecycle.onPlaced(command.getActorPlaced(), effects);
      case ACTOR_NOT_PLACED -> lifecycle.onNotPlaced(command.getActorNotPlaced(), effects);
      case ACTOR_CONSTRUCTED ->
          lifecycle.onConstructed(command.getActorConstructed(), command.getFrom(), effects);
      case KILL_ACTOR -> lifecycle.onKill(command.getKillActor(), effects);
      case ACTOR_EXITING ->
          lifecycle.onExiting(command.getActorExiting(), command.getFrom(), effects);
      case KV_PUT -> putValue(command, effects);
      case KV_DELETE -> deleteValue(command, effects);
      case COMMAND_NOT_SET -> throw new IllegalArgumentException("a command without a kind");
    }
    return effects;
  }

  private void registerNode(GcsCommand command, List<Effect> effects) {
    NodeDescription description = command.getRegisterNode().getDescription();
    Optional<NodeState> same = nodes.findSame(description);
    int number =
        same.isPresent()
            ? same.get().getDescription().getNumber()
            : nodes.add(description, command.getNowMillis());
    effects.add(
        answer(answerTo(command).setNodeRegistered(NodeRegistered.newBuilder().setNumber(number))));
    effects.add(new Effect.NodeChanged(number));
  }

  private void loseNode(NodeLost lost, long nowMillis, List<Effect> effects) {
    int number = lost.getNumber();
    NodeState ended = nodes.end(number, lost.getReason());
    if (ended == null) {
      return;
    }
    effects.add(new Effect.NodeChanged(number));
    effects.add(
        new Effect.ProcessEnded(
            ProcessDied.newBuilder()
                .setAddress(ProcessAddress.of(number, 0))
                .setKind(ProcessKind.RAYLET)
                .setPid(ended.getDescription().getPid())
                .setHostName(ended.getDescription().getHostName())
                .setReason(lost.getReason())
                .setIsExpected(lost.getIsExpected())
                .build()));
    processes.removeNode(number);
    for (JobState job : List.copyOf(jobs.running())) {
      if (ProcessAddress.node(job.getConfig().getDriver()) == number) {
        endJob(job.getId(), "its driver's node died: " + lost.getReason(), nowMillis, effects);
      }
    }
    lifecycle.onNodeLost(number, lost.getReason(), effects);
  }

  private void registerJob(GcsCommand command, List<Effect> effects) {
    JobConfig config = command.getRegisterJob().getConfig();
    Optional<JobState> known = jobs.findByDriver(config.getDriver());
    if (known.isEmpty() && nodes.findAlive(ProcessAddress.node(config.getDriver())).isEmpty()) {
      effects.add(
          new Effect.Send(
              GcsPackets.refusal(
                  command.getFrom(),
                  command.getCorrelation(),
                  GcsPackets.failure(
                      FailureKind.INVALID,
                      "the driver is on no living node: driver="
                          + ProcessAddress.describe(config.getDriver())))));
      return;
    }
    int id = known.isPresent() ? known.get().getId() : jobs.add(config, command.getNowMillis());
    effects.add(answer(answerTo(command).setJobRegistered(JobRegistered.newBuilder().setId(id))));
    effects.add(new Effect.JobChanged(id));
  }

  private void endJob(EndJob end, long nowMillis, List<Effect> effects) {
    endJob(end.getId(), end.getReason(), nowMillis, effects);
  }

  private void endJob(int id, String reason, long nowMillis, List<Effect> effects) {
    if (jobs.end(id, reason, nowMillis) != null) {
      effects.add(new Effect.JobChanged(id));
      lifecycle.onJobEnded(id, reason, effects);
    }
  }

  private void addProcess(ProcessStarted process) {
    if (nodes.findAlive(ProcessAddress.node(process.getAddress())).isPresent()) {
      processes.add(process);
    }
  }

  private void removeProcess(ProcessDied death, long nowMillis, List<Effect> effects) {
    if (nodes.findAlive(ProcessAddress.node(death.getAddress())).isEmpty()) {
      // The node's death stood for it.
      return;
    }
    processes.remove(death.getAddress());
    effects.add(new Effect.ProcessEnded(death));
    Optional<JobState> job = jobs.findByDriver(death.getAddress());
    if (job.isPresent()) {
      String reason =
          death.getIsExpected()
              ? "its driver ended"
              : "its driver died: pid=" + death.getPid() + ", reason=" + death.getReason();
      endJob(job.get().getId(), reason, nowMillis, effects);
    }
    lifecycle.onProcessDied(death, effects);
  }

  private void putValue(GcsCommand command, List<Effect> effects) {
    KvPut put = command.getKvPut();
    boolean existed = kv.get(put.getKey()).isPresent();
    if (!kv.hasRoom(put.getKey(), put.getValue())) {
      effects.add(
          new Effect.Send(
              GcsPackets.refusal(
                  command.getFrom(),
                  command.getCorrelation(),
                  GcsPackets.failure(
                      FailureKind.STORE_FULL,
                      "the key-value table is full: key="
                          + put.getKey()
                          + ", value="
                          + put.getValue().size()
                          + " bytes, "
                          + kv.describeUse()))));
      return;
    }
    if (!existed || put.getOverwrite()) {
      kv.put(put.getKey(), put.getValue());
    }
    effects.add(answer(answerTo(command).setKvAnswer(KvAnswer.newBuilder().setExisted(existed))));
  }

  private void deleteValue(GcsCommand command, List<Effect> effects) {
    boolean existed = kv.delete(command.getKvDelete().getKey());
    effects.add(answer(answerTo(command).setKvAnswer(KvAnswer.newBuilder().setExisted(existed))));
  }

  private static Packet.Builder answerTo(GcsCommand command) {
    return GcsPackets.packet(command.getFrom(), command.getCorrelation());
  }

  private static Effect answer(Packet.Builder packet) {
    return new Effect.Send(packet.build());
  }
}
