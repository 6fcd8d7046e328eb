package io.mobula.worker.user;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.SystemClock;
import io.mobula.api.spi.RuntimeHolder;
import io.mobula.proto.Hello;
import io.mobula.proto.LogLines;
import io.mobula.proto.ObjectCreated;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.OutputEnded;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.session.CoreWorkerSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A driver's real session, loop and threads, on a raylet that is a script: it answers nothing, or
 * what a test says, or throws on the driver's own loop. The driver is on another host, so that all
 * it does goes over the link.
 */
final class WaitRig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final long RAYLET = ProcessAddress.of(1, 0);
  static final long DRIVER = ProcessAddress.of(1, 1);

  /** What the raylet does with a packet; on the driver's loop. */
  enum Reply {
    NOTHING,
    /** Room for objects, and the first half of objects that are fetched. */
    ROOM_AND_HALVES,
    THROW
  }

  final LinkedBlockingQueue<BodyCase> received = new LinkedBlockingQueue<>();
  final CompletableFuture<String> lost = new CompletableFuture<>();
  final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  final CoreWorkerSession session;
  final ClusterRuntime runtime;
  private final StubLink link = new StubLink();
  private volatile Reply reply = Reply.NOTHING;

  WaitRig() {
    CoreWorkerSetup setup =
        new CoreWorkerSetup(
            "waiting-driver",
            Hello.newBuilder().setKind(ProcessKind.DRIVER).setHostId("here").build(),
            (context, hello, handler) -> link.open(context.executor(), handler),
            WaitRig.class.getClassLoader(),
            SystemClock.INSTANCE,
            new Events(),
            Lineage.BYTES_MAX_DEFAULT);
    session = CoreWorkerSession.connect(setup, PATIENCE);
    runtime = session.begin(1, "tests", false, session::close);
    RuntimeHolder.install(runtime);
  }

  /** From now on. */
  void reply(Reply next) {
    reply = next;
  }

  /** Waits until the driver has sent such a packet. */
  void awaitPacket(BodyCase body) throws InterruptedException {
    BodyCase next;
    do {
      next = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("not sent: packet=" + body);
      }
    } while (next != body);
  }

  /** The raylet is gone, and with it the cluster. */
  void loseHead() {
    link.loop().post(() -> link.handler().onClosed(link, "the head is lost"));
  }

  /** An error of the loop's own. */
  void failLoop() {
    link.loop()
        .post(() -> {
          throw new IllegalStateException("on purpose");
        });
  }

  /** Runs something on the driver's loop. */
  void onLoop(Runnable action) {
    link.loop().post(action);
  }

  @Override
  public void close() {
    RuntimeHolder.clear(runtime);
    session.close();
  }

  private final class StubLink implements Link {
    private final CompletableFuture<LoopExecutor> loop = new CompletableFuture<>();
    private final CompletableFuture<DialHandler> handler = new CompletableFuture<>();
    private boolean isOpen = true;

    void open(LoopExecutor executor, DialHandler dialled) {
      loop.complete(executor);
      handler.complete(dialled);
      executor.post(() -> dialled.onOpen(this));
    }

    LoopExecutor loop() {
      return loop.join();
    }

    DialHandler handler() {
      return handler.join();
    }

    @Override
    public boolean send(Packet packet) {
      if (reply == Reply.THROW) {
        throw new IllegalStateException("on purpose: " + packet.getBodyCase());
      }
      if (reply == Reply.ROOM_AND_HALVES) {
        answer(packet);
      }
      received.add(packet.getBodyCase());
      return true;
    }

    private void answer(Packet packet) {
      Packet.Builder answer = Packet.newBuilder();
      switch (packet.getBodyCase()) {
        case CREATE_OBJECT -> answer.setObjectCreated(ObjectCreated.newBuilder().setOffset(-1));
        case FETCH_OBJECT ->
            answer.setObjectPiece(
                ObjectPiece.newBuilder()
                    .setId(packet.getFetchObject().getObject().getId())
                    .setData(ByteString.copyFrom(new byte[1000])));
        default -> {
          return;
        }
      }
      byte[] bytes =
          answer
              .setFrom(RAYLET)
              .setTo(DRIVER)
              .setCorrelation(packet.getCorrelation())
              .build()
              .toByteArray();
      loop().post(() -> handler().onPacket(this, bytes));
    }

    @Override
    public void close(String reason) {
      if (isOpen) {
        isOpen = false;
        loop().post(() -> handler().onClosed(this, reason));
      }
    }

    @Override
    public long peer() {
      return RAYLET;
    }

    @Override
    public Hello peerHello() {
      return Hello.getDefaultInstance();
    }

    @Override
    public Welcome welcome() {
      return Welcome.newBuilder()
          .setAddress(RAYLET)
          .setAssigned(DRIVER)
          .setHostId("elsewhere")
          .build();
    }

    @Override
    public boolean sendRaw(byte[] packet) {
      throw new UnsupportedOperationException("not by a driver");
    }

    @Override
    public boolean isCongested() {
      return false;
    }

    @Override
    public boolean isOpen() {
      return isOpen;
    }
  }

  private final class Events implements CoreWorkerEvents {
    @Override
    public void onLogLines(LogLines lines) {}

    @Override
    public void onNeedPackage(String sha256) {}

    @Override
    public void onLost(String reason) {
      lost.complete(reason);
    }

    @Override
    public void onOutputEnded(long raylet, OutputEnded ended) {}

    @Override
    public void onBroken(Throwable thrown) {
      failed.complete(thrown);
    }
  }
}
