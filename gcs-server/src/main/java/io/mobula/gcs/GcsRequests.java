package io.mobula.gcs;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.gcs.ActorSubscriptions.Subscription;
import io.mobula.gcs.packages.PackageTransfers;
import io.mobula.gcs.state.ActorTable;
import io.mobula.gcs.state.ClusterStateMachine;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.EndJob;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FindActor;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.JobConfig;
import io.mobula.proto.KvAnswer;
import io.mobula.proto.Packet;
import io.mobula.proto.RegisterActor;
import io.mobula.proto.RegisterJob;
import io.mobula.proto.Undeliverable;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What any process may ask of the GCS: changes become commands, questions are answered from the
 * state. Owner thread: the GCS's loop.
 */
final class GcsRequests {
  private static final System.Logger LOG = System.getLogger(GcsRequests.class.getName());

  private final CommandPipeline commands;
  private final NodeLoads loads;
  private final ActorSubscriptions subscriptions;
  private final Announcements announcements;
  private final ActorStarts starts;
  private final PackageTransfers packages;
  private final long clusterId;
  private final Consumer<Packet> sender;

  GcsRequests(
      CommandPipeline commands,
      NodeLoads loads,
      ActorSubscriptions subscriptions,
      Announcements announcements,
      ActorStarts starts,
      PackageTransfers packages,
      long clusterId,
      Consumer<Packet> sender) {
    this.commands = commands;
    this.loads = loads;
    this.subscriptions = subscriptions;
    this.announcements = announcements;
    this.starts = starts;
    this.packages = packages;
    this.clusterId = clusterId;
    this.sender = sender;
  }

  /**
   * Handles one packet.
   *
   * @param nowNanos the loop's time
   */
  void handle(Packet packet, long nowNanos) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case REGISTER_JOB -> registerJob(packet);
      case END_JOB -> endJob(packet.getEndJob(), from);
      case REGISTER_ACTOR -> registerActor(packet);
      case ACTOR_PLACED -> starts.placed(packet);
      case ACTOR_CONSTRUCTED -> starts.constructed(packet);
      case REFUSAL -> starts.refused(packet);
      case KILL_ACTOR ->
          submit(packet, GcsCommand.newBuilder().setKillActor(packet.getKillActor()));
      case ACTOR_EXITING ->
          submit(packet, GcsCommand.newBuilder().setActorExiting(packet.getActorExiting()));
      case SUBSCRIBE_ACTOR ->
          subscribe(
              new Subscription(from, ObjectKey.of(packet.getSubscribeActor().getId())), nowNanos);
      case UNSUBSCRIBE_ACTOR ->
          subscriptions.remove(
              new Subscription(from, ObjectKey.of(packet.getUnsubscribeActor().getId())));
      case FIND_ACTOR -> findActor(packet);
      case KV_PUT -> submit(packet, GcsCommand.newBuilder().setKvPut(packet.getKvPut()));
      case KV_DELETE -> submit(packet, GcsCommand.newBuilder().setKvDelete(packet.getKvDelete()));
      case KV_GET, KV_KEYS -> readValues(packet);
      case GET_CLUSTER -> answerCluster(packet);
      case GET_PACKAGE -> packages.onGet(packet.getGetPackage(), from, packet.getCorrelation());
      case PUT_PACKAGE -> packages.onPut(packet.getPutPackage(), from);
      case UNDELIVERABLE -> undeliverable(packet.getUndeliverable());
      default -> refuseUnknown(packet);
    }
  }

  /** Ends subscriptions whose actor nobody registered, telling the subscribers. */
  void expireEarlySubscriptions(long nowNanos, long maxNanos) {
    for (Subscription expired : subscriptions.expireEarly(nowNanos, maxNanos)) {
      sender.accept(
          GcsPackets.packet(expired.subscriber(), 0)
              .setActorState(
                  io.mobula.proto.ActorState.newBuilder()
                      .setId(expired.actor().toProto())
                      .setPhase(io.mobula.proto.ActorPhase.DEAD)
                      .setDeathCause(
                          GcsPackets.failure(
                              FailureKind.NOT_FOUND,
                              "no such actor is known: id="
                                  + expired.actor()
                                  + "; it was never registered, or died long ago")))
              .build());
    }
  }

  private void registerJob(Packet packet) {
    JobConfig config = packet.getRegisterJob().getConfig();
    if (config.getDriver() != packet.getFrom()) {
      refuse(
          packet,
          FailureKind.INVALID,
          "a job is registered by its driver alone: driver="
              + ProcessAddress.describe(config.getDriver())
              + ", sender="
              + ProcessAddress.describe(packet.getFrom()));
      return;
    }
    submit(
        packet, GcsCommand.newBuilder().setRegisterJob(RegisterJob.newBuilder().setConfig(config)));
  }

  /** The driver itself, or a command, may end a job. */
  private void endJob(EndJob end, long from) {
    boolean mayEnd =
        ProcessAddress.node(from) == 0
            || state()
                .jobs()
                .findRunning(end.getId())
                .filter(job -> job.getConfig().getDriver() == from)
                .isPresent();
    if (mayEnd) {
      commands.submit(GcsCommand.newBuilder().setEndJob(end), from, 0);
    }
  }

  private void registerActor(Packet packet) {
    RegisterActor request = packet.getRegisterActor();
    if (request.getSpec().getId().getOwner() != packet.getFrom()) {
      refuse(packet, FailureKind.INVALID, "an actor is registered by its creator alone");
      return;
    }
    submit(packet, GcsCommand.newBuilder().setRegisterActor(request));
  }

  private void subscribe(Subscription subscription, long nowNanos) {
    if (state().actors().find(subscription.actor()).isEmpty()) {
      subscriptions.addEarly(subscription, nowNanos);
    } else {
      subscriptions.add(subscription);
      announcements.tell(subscription);
    }
  }

  private void findActor(Packet packet) {
    FindActor find = packet.getFindActor();
    Optional<ActorRecord> actor = state().actors().findByName(find.getNamespace(), find.getName());
    if (actor.isPresent()) {
      sender.accept(answer(packet).setActorState(ActorTable.view(actor.get())).build());
    } else {
      refuse(
          packet,
          FailureKind.NOT_FOUND,
          "no living actor has that name: name="
              + find.getName()
              + ", namespace="
              + find.getNamespace());
    }
  }

  private void readValues(Packet packet) {
    KvAnswer.Builder answer = KvAnswer.newBuilder();
    if (packet.hasKvGet()) {
      state()
          .kv()
          .get(packet.getKvGet().getKey())
          .ifPresent(value -> answer.setExisted(true).setValue(value));
    } else {
      answer.addAllKeys(state().kv().keys(packet.getKvKeys().getPrefix()));
      answer.setExisted(answer.getKeysCount() > 0);
    }
    sender.accept(answer(packet).setKvAnswer(answer).build());
  }

  private void answerCluster(Packet packet) {
    ClusterSnapshot.Builder snapshot =
        ClusterSnapshot.newBuilder().setClusterId(clusterId).addAllJobs(state().jobs().all());
    state().nodes().all().forEach(node -> snapshot.addNodes(loads.overlay(node)));
    state().actors().all().forEach(actor -> snapshot.addActors(ActorTable.view(actor)));
    sender.accept(answer(packet).setClusterSnapshot(snapshot).build());
  }

  /** The addressee is dead; if its node lives, its death is on its way as well. */
  private void undeliverable(Undeliverable notice) {
    if (!ProcessAddress.isRaylet(notice.getAddress())) {
      subscriptions.removeDead(notice.getAddress());
      starts.removeDead(notice.getAddress());
      packages.onDeath(notice.getAddress());
    }
  }

  private void refuseUnknown(Packet packet) {
    LOG.log(
        System.Logger.Level.WARNING,
        "packet that the GCS does not handle: kind={0}, from={1}",
        packet.getBodyCase(),
        ProcessAddress.describe(packet.getFrom()));
    if (packet.getCorrelation() != 0) {
      refuse(packet, FailureKind.INVALID, "the GCS does not handle this: " + packet.getBodyCase());
    }
  }

  private void submit(Packet packet, GcsCommand.Builder command) {
    commands.submit(command, packet.getFrom(), packet.getCorrelation());
  }

  private void refuse(Packet packet, FailureKind kind, String message) {
    sender.accept(
        GcsPackets.refusal(
            packet.getFrom(), packet.getCorrelation(), GcsPackets.failure(kind, message)));
  }

  private ClusterStateMachine state() {
    return commands.state();
  }

  private static Packet.Builder answer(Packet packet) {
    return GcsPackets.packet(packet.getFrom(), packet.getCorrelation());
  }
}
