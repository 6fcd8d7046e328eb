package io.mobula.raylet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.JobConfig;
import io.mobula.proto.JobPhase;
import io.mobula.proto.JobState;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeRegistered;
import io.mobula.proto.NodeState;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A head for one raylet: registers it as node 1, and says what the test tells it to. */
final class FakeGcs implements Agent<Runnable>, LinkHandler {
  static final long CLUSTER = 77;

  final List<Packet> received = new ArrayList<>();
  @Nullable Link raylet;
  @Nullable NodeDescription node;
  private final Path socket;

  FakeGcs(Path socket) {
    this.socket = socket;
  }

  @Override
  public String role() {
    return "gcs";
  }

  @Override
  public void onStart(LoopContext context) {
    try {
      context
          .links()
          .listen(
              socket,
              hello ->
                  new Greeter.Answer.Accepted(
                      Welcome.newBuilder()
                          .setKind(ProcessKind.GCS)
                          .setAssigned(
                              hello.getAddress() == 0
                                  ? ProcessAddress.of(0, 1)
                                  : hello.getAddress())
                          .setClusterId(CLUSTER)
                          .build(),
                      this));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void onMessage(Runnable message) {
    message.run();
  }

  @Override
  public void onOpen(Link link) {
    raylet = link;
  }

  @Override
  public void onPacket(Link link, byte[] bytes) {
    Packet packet;
    try {
      packet = Packet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    if (packet.hasRegisterNode()) {
      NodeDescription known =
          packet.getRegisterNode().getDescription().toBuilder().setNumber(1).build();
      node = known;
      link.send(
          Packet.newBuilder()
              .setFrom(0)
              .setTo(packet.getFrom())
              .setCorrelation(packet.getCorrelation())
              .setNodeRegistered(NodeRegistered.newBuilder().setNumber(1))
              .build());
      update(ClusterUpdate.newBuilder().addNodes(alive(known)));
    } else if (!packet.hasNodeHeartbeat()) {
      received.add(packet);
    }
  }

  @Override
  public void onClosed(Link link, String reason) {
    if (link.equals(raylet)) {
      raylet = null;
    }
  }

  void send(Packet.Builder packet) {
    Objects.requireNonNull(raylet)
        .send(packet.setFrom(ProcessAddress.GCS).setTo(ProcessAddress.of(1, 0)).build());
  }

  void update(ClusterUpdate.Builder update) {
    send(Packet.newBuilder().setClusterUpdate(update));
  }

  void startJob(int id, JobConfig config) {
    update(
        ClusterUpdate.newBuilder()
            .addJobs(
                JobState.newBuilder().setId(id).setPhase(JobPhase.JOB_RUNNING).setConfig(config)));
  }

  void endJob(int id) {
    update(
        ClusterUpdate.newBuilder()
            .addJobs(
                JobState.newBuilder()
                    .setId(id)
                    .setPhase(JobPhase.JOB_ENDED)
                    .setEndReason("driver exited")));
  }

  static NodeState alive(NodeDescription description) {
    return NodeState.newBuilder()
        .setDescription(description)
        .setPhase(NodePhase.NODE_ALIVE)
        .setAvailable(description.getTotal())
        .build();
  }

  /** Takes the first packet that matches. */
  Optional<Packet> take(Predicate<Packet> test) {
    Optional<Packet> found = received.stream().filter(test).findFirst();
    found.ifPresent(received::remove);
    return found;
  }
}
