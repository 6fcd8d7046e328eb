package io.mobula.driver;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.LoopContext;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.WaitInterruptedException;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GetCluster;
import io.mobula.proto.GetNodeMemory;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Shutdown;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.RpcThread;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.loop.Rendezvous;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a daemon something without being part of its cluster, as {@code mobula status} does. One
 * question a connection.
 */
public final class ClusterClient {
  private static final int MAILBOX_CAPACITY = 16;

  private final String address;
  private final String secret;
  private final Duration timeout;

  /**
   * @param address of the GCS (or, for {@link #shutDown}, of any daemon), as host:port
   * @param secret the cluster's
   * @param timeout for the whole of a question
   */
  public ClusterClient(String address, String secret, Duration timeout) {
    this.address = address;
    this.secret = secret;
    this.timeout = timeout;
  }

  /**
   * The cluster as the GCS sees it.
   *
   * @throws MobulaException if nobody answers, or the secret is wrong; the message says what to do
   */
  public ClusterStatus status() {
    return ClusterStatus.of(snapshot());
  }

  /**
   * What the raylet at this address knows of its node's memory: its store, and its processes.
   *
   * @param objectCountMax how many objects of the store and of each process are named
   * @param processTimeout for the processes to answer; less than this client's
   */
  NodeMemoryReport nodeMemory(int objectCountMax, Duration processTimeout) {
    GetNodeMemory question =
        GetNodeMemory.newBuilder()
            .setObjectCountMax(objectCountMax)
            .setTimeoutMillis(Math.toIntExact(processTimeout.toMillis()))
            .build();
    Packet answer = ask(Packet.newBuilder().setGetNodeMemory(question));
    if (answer.hasRefusal()) {
      throw FailureExceptions.toException(answer.getRefusal().getFailure(), null);
    }
    return answer.getNodeMemoryReport();
  }

  ClusterSnapshot snapshot() {
    Packet answer = ask(Packet.newBuilder().setGetCluster(GetCluster.getDefaultInstance()));
    if (answer.hasRefusal()) {
      throw FailureExceptions.toException(answer.getRefusal().getFailure(), null);
    }
    return answer.getClusterSnapshot();
  }

  /**
   * Asks the daemon to end in order, and waits until it has closed the connection.
   *
   * @throws MobulaException if nobody answers, or the secret is wrong
   */
  public void shutDown(String reason) {
    ask(Packet.newBuilder().setShutdown(Shutdown.newBuilder().setReason(reason)));
  }

  @SuppressWarnings("try") // The loop is not spoken to: it runs while its answer is awaited.
  private Packet ask(Packet.Builder question) {
    Rendezvous<Answer> answer = new Rendezvous<>();
    try (RpcThread thread = RpcThread.start("client-rpc");
        GrpcDialer dialer = new GrpcDialer(thread, LinkLimits.DEFAULT);
        AgentLoop<Packet> loop =
            AgentLoop.start(
                new Asker(address, secret, dialer, question, answer),
                LoopConfig.defaults().withMailboxCapacity(MAILBOX_CAPACITY))) {
      Answer got = answer.await(timeout.toNanos());
      if (got == null) {
        throw new ClusterConnectionException(
            ErrorCode.CLUSTER_UNREACHABLE,
            "no answer in time: address=" + address + ", timeout=" + timeout);
      }
      if (got.failure() != null) {
        throw FailureExceptions.ofDial(got.failure());
      }
      if (got.packet() == null) {
        throw new IllegalStateException("answered with nothing");
      }
      return got.packet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(
          "interrupted while asking the cluster: address=" + address);
    }
  }

  private record Answer(@Nullable Packet packet, @Nullable Failure failure) {}

  /** The conversation: dial, ask, take the first answer (or the closing, for a shutdown). */
  private static final class Asker implements Agent<Packet>, DialHandler {
    private final String address;
    private final String secret;
    private final GrpcDialer dialer;
    private final Packet.Builder question;
    private final Rendezvous<Answer> answer;

    Asker(
        String address,
        String secret,
        GrpcDialer dialer,
        Packet.Builder question,
        Rendezvous<Answer> answer) {
      this.address = address;
      this.secret = secret;
      this.dialer = dialer;
      this.question = question;
      this.answer = answer;
    }

    @Override
    public String role() {
      return "client";
    }

    @Override
    public void onStart(LoopContext context) {
      Hello hello =
          Hello.newBuilder()
              .setKind(ProcessKind.CLIENT)
              .setPid(ProcessHandle.current().pid())
              .build();
      dialer.connect(address, secret, hello, this, context.executor());
    }

    @Override
    public void onMessage(Packet message) {
      throw new IllegalStateException("nobody sends a client messages");
    }

    @Override
    public void onOpen(Link link) {
      link.send(
          question
              .setFrom(link.welcome().getAssigned())
              .setTo(link.welcome().getAddress())
              .setCorrelation(1)
              .build());
    }

    @Override
    public void onRefused(Failure failure) {
      answer.complete(new Answer(null, failure));
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      try {
        Packet parsed = Packet.parseFrom(packet);
        if (parsed.getCorrelation() == 1) {
          answer.complete(new Answer(parsed, null));
        }
      } catch (InvalidProtocolBufferException e) {
        link.close("a packet that can't be parsed: " + e.getMessage());
      }
    }

    @Override
    public void onClosed(Link link, String reason) {
      Packet closed = Packet.getDefaultInstance();
      answer.complete(
          question.hasShutdown()
              ? new Answer(closed, null)
              : new Answer(
                  null,
                  Failures.of(
                      FailureKind.CLUSTER_LOST,
                      "the connection closed before the answer: address="
                          + address
                          + ", reason="
                          + reason)));
    }
  }
}
