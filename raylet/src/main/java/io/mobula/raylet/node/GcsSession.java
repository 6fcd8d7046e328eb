package io.mobula.raylet.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RegisterNode;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The raylet's stream to the GCS, from the first dial to the loss of the cluster. Owner thread: the
 * raylet's loop.
 *
 * <pre>
 *   JOINING ──NodeRegistered──► OPEN ──closed──► REDIALLING ──grace passed, refused──► LOST
 *      │ grace passed, refused    ▲                  │
 *      ▼                          └─────opened───────┘
 *    LOST
 * </pre>
 *
 * <p>A GCS that is not there yet is dialled again until the grace has passed. While it is away,
 * what is sent to it waits, up to {@link #QUEUE_BYTES_MAX}; beyond that the cluster counts as lost,
 * since the rest could not be trusted.
 */
public final class GcsSession {
  static final long REDIAL_PAUSE_NANOS = 100_000_000L;
  static final long QUEUE_BYTES_MAX = 64L << 20;
  private static final long REGISTRATION = 1;

  /** Told what happens. */
  public interface Events {
    /** The node has its number. Once, first. */
    void joined(int node, long clusterId);

    /** A packet came from the GCS. */
    void packet(byte[] packet);

    /** There is no cluster any more, or no way into it. Once, last. */
    void lost(Failure failure);
  }

  /** Opens links to the GCS. */
  public interface Dialler {
    void dial(Hello hello, DialHandler handler);
  }

  private enum State {
    JOINING,
    OPEN,
    REDIALLING,
    LOST
  }

  private final LoopContext loop;
  private final Dialler dialler;
  private final String target;
  private final long graceNanos;
  private final NodeDescription description;
  private final Events events;
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private long queuedBytes;
  private State state = State.JOINING;
  private long awaySinceNanos;
  private long clusterId;
  private int node;
  private @Nullable Link link;

  /**
   * A session that has not begun.
   *
   * @param target the GCS's address, for people
   * @param graceNanos how long it may be away
   * @param description this node, its number 0
   */
  public GcsSession(
      LoopContext loop,
      Dialler dialler,
      String target,
      long graceNanos,
      NodeDescription description,
      Events events) {
    this.loop = loop;
    this.dialler = dialler;
    this.target = target;
    this.graceNanos = graceNanos;
    this.description = description;
    this.events = events;
  }

  /** Dials for the first time. */
  public void join() {
    awaySinceNanos = loop.nowNanos();
    dial();
  }

  /** Sends a packet to the GCS, or keeps it until it is back; false if there is no GCS any more. */
  public boolean send(byte[] packet) {
    Link open = link;
    if (open != null && state == State.OPEN && open.sendRaw(packet)) {
      return true;
    }
    if (state == State.LOST || state == State.JOINING) {
      return false;
    }
    queue.addLast(packet);
    queuedBytes += packet.length;
    if (queuedBytes > QUEUE_BYTES_MAX) {
      lose("too much waits for it: bytes=" + queuedBytes);
      return false;
    }
    return true;
  }

  /** Ends the session on purpose; no event follows. */
  public void close(String reason) {
    state = State.LOST;
    Link open = link;
    link = null;
    if (open != null) {
      open.close(reason);
    }
  }

  private void dial() {
    Hello.Builder hello =
        Hello.newBuilder().setKind(ProcessKind.RAYLET).setHostId(description.getHostId());
    if (node != 0) {
      hello.setAddress(ProcessAddress.of(node, 0));
    }
    dialler.dial(hello.build(), new GcsLink());
  }

  private void retry(Failure failure) {
    if (state == State.LOST) {
      return;
    }
    boolean isFinal =
        failure.getKind() == FailureKind.UNAUTHENTICATED
            || failure.getKind() == FailureKind.PROTOCOL_VERSION
            || failure.getKind() == FailureKind.INVALID;
    if (isFinal) {
      end(failure);
    } else if (loop.nowNanos() - awaySinceNanos >= graceNanos) {
      lose(failure.getMessage());
    } else {
      loop.timers().schedule(REDIAL_PAUSE_NANOS, this::dialIfAway);
    }
  }

  private void dialIfAway() {
    if (state == State.JOINING || state == State.REDIALLING) {
      dial();
    }
  }

  private void lose(String reason) {
    String what =
        node == 0 ? "the head can't be reached: " : "the connection to the head is lost: ";
    end(
        Failure.newBuilder()
            .setKind(FailureKind.CLUSTER_LOST)
            .setMessage(what + "gcs=" + target + ": " + reason)
            .build());
  }

  private void end(Failure failure) {
    if (state != State.LOST) {
      close(failure.getMessage());
      events.lost(failure);
    }
  }

  private final class GcsLink implements DialHandler {
    @Override
    public void onOpen(Link opened) {
      if (state == State.LOST) {
        opened.close("no longer wanted");
        return;
      }
      if (opened.welcome().getKind() != ProcessKind.GCS) {
        end(
            Failure.newBuilder()
                .setKind(FailureKind.INVALID)
                .setMessage("that is not a head: address=" + target)
                .build());
        opened.close("not a GCS");
        return;
      }
      link = opened;
      if (node == 0) {
        clusterId = opened.welcome().getClusterId();
        opened.send(
            Packet.newBuilder()
                .setFrom(opened.welcome().getAssigned())
                .setTo(ProcessAddress.GCS)
                .setCorrelation(REGISTRATION)
                .setRegisterNode(RegisterNode.newBuilder().setDescription(description))
                .build());
      } else if (opened.welcome().getClusterId() != clusterId) {
        lose("another cluster answers there now");
      } else {
        state = State.OPEN;
        queuedBytes = 0;
        while (!queue.isEmpty()) {
          opened.sendRaw(queue.removeFirst());
        }
      }
    }

    @Override
    public void onPacket(Link from, byte[] bytes) {
      if (node != 0) {
        events.packet(bytes);
        return;
      }
      try {
        Packet packet = Packet.parseFrom(bytes);
        if (packet.hasNodeRegistered()) {
          node = packet.getNodeRegistered().getNumber();
          state = State.OPEN;
          events.joined(node, clusterId);
        } else if (packet.hasRefusal()) {
          end(packet.getRefusal().getFailure());
        }
      } catch (InvalidProtocolBufferException e) {
        lose("its answer can't be read: " + e.getMessage());
      }
    }

    @Override
    public void onClosed(Link closed, String reason) {
      if (!closed.equals(link) || state == State.LOST) {
        return;
      }
      link = null;
      if (state == State.OPEN) {
        state = State.REDIALLING;
        awaySinceNanos = loop.nowNanos();
      }
      retry(
          Failure.newBuilder()
              .setKind(FailureKind.FAILURE_KIND_UNSPECIFIED)
              .setMessage(reason)
              .build());
    }

    @Override
    public void onRefused(Failure failure) {
      retry(failure);
    }
  }
}
