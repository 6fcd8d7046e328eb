package io.mobula.raylet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.Hello;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A head for one raylet: registers it as node 1, and says what the test tells it to. Its loop may
 * be a thread of its own; the test then reads what came from another.
 */
final class FakeGcs implements Agent<Runnable>, LinkHandler {
  static final long CLUSTER = 77;

  final List<Packet> received = new CopyOnWriteArrayList<>();
  volatile @Nullable Link raylet;
  volatile @Nullable NodeDescription node;
  private final @Nullable Path socket;

  /**
   * Listens on that path of its loop's links; if null, somebody else lets peers in by {@link
   * #greet}.
   */
  FakeGcs(@Nullable Path socket) {
    this.socket = socket;
  }

  @Override
  public String role() {
    return "gcs";
  }

  @Override
  public void onStart(LoopContext context) {
    Path path = socket;
    if (path != null) {
      try {
        context.links().listen(path, this::greet);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Greeter.Answer greet(Hello hello) {
    return new Greeter.Answer.Accepted(
        Welcome.newBuilder()
            .setKind(ProcessKind.GCS)
            .setAssigned(hello.getAddress() == 0 ? ProcessAddress.of(0, 1) : hello.getAddress())
            .setClusterId(CLUSTER)
            .build(),
        this);
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
