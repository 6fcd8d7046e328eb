package io.mobula.raylet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.LeaseClosed;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A worker process that dials its raylet, closes leases when told to, and returns every other
 * packet to its sender.
 */
public final class TinyWorker implements Agent<Runnable>, DialHandler {
  private TinyWorker() {}

  /** The process. */
  public static void main(String[] arguments) throws InterruptedException {
    System.out.println("hello from out");
    System.err.println("hello from err");
    CountDownLatch never = new CountDownLatch(1);
    AgentLoop<Runnable> loop = AgentLoop.start(new TinyWorker(), LoopConfig.defaults());
    boolean isOver = false;
    while (loop.isRunning() && !isOver) {
      isOver = never.await(1, TimeUnit.SECONDS);
    }
  }

  @Override
  public String role() {
    return "tiny-worker";
  }

  @Override
  public void onStart(LoopContext context) {
    context
        .links()
        .connect(
            Path.of(System.getenv("MOBULA_RAYLET_SOCKET")),
            Hello.newBuilder()
                .setKind(ProcessKind.WORKER)
                .setWorkerNumber(Integer.parseInt(System.getenv("MOBULA_WORKER_NUMBER")))
                .setHostId(System.getenv("MOBULA_HOST_ID"))
                .build(),
            this);
  }

  @Override
  public void onMessage(Runnable message) {
    message.run();
  }

  @Override
  public void onOpen(Link link) {}

  @Override
  public void onPacket(Link link, byte[] bytes) {
    try {
      Packet packet = Packet.parseFrom(bytes);
      Packet.Builder answer =
          packet.toBuilder().setFrom(link.welcome().getAssigned()).setTo(packet.getFrom());
      if (packet.hasRevokeLease()) {
        answer.setLeaseClosed(
            LeaseClosed.newBuilder().setLease(packet.getRevokeLease().getLease()));
      }
      link.send(answer.build());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onRefused(Failure failure) {
    System.err.println(failure.getMessage());
    Runtime.getRuntime().halt(1);
  }

  @Override
  public void onClosed(Link link, String reason) {
    Runtime.getRuntime().halt(0);
  }
}
