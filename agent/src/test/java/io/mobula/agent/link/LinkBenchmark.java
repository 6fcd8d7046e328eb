package io.mobula.agent.link;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.Packet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Round trip and one-way throughput of a Unix link; run by hand, prints figures. */
public final class LinkBenchmark {
  private static final long SERVER = 1L << 32;
  private static final long CLIENT = (1L << 32) | 1;

  private LinkBenchmark() {}

  public static void main(String[] args) throws Exception {
    long spinNanos = args.length > 0 ? Long.parseLong(args[0]) : 0;
    Path folder = Files.createTempDirectory("mb");
    LoopConfig config = LoopConfig.defaults().withSpinNanos(spinNanos);
    LinkPeer server = new LinkPeer("server");
    LinkPeer client = new LinkPeer("client");
    try (AgentLoop<Runnable> serving = AgentLoop.start(server, config);
        AgentLoop<Runnable> dialling = AgentLoop.start(client, config)) {
      EchoHandler echo = new EchoHandler();
      CompletableFuture<Boolean> listening = new CompletableFuture<>();
      Path socket = folder.resolve("s.sock");
      serving.offer(() -> {
        try {
          server.context.join().links().listen(socket, LinkPeer.accepting(SERVER, echo));
          listening.complete(true);
        } catch (Exception e) {
          listening.completeExceptionally(e);
        }
      });
      listening.get(5, TimeUnit.SECONDS);
      ClientHandler handler = new ClientHandler();
      dialling.offer(
          () -> client.context.join().links().connect(socket, LinkPeer.hello(CLIENT), handler));
      handler.opened.get(5, TimeUnit.SECONDS);
      for (int round = 0; round < 4; round++) {
        CompletableFuture<long[]> done = new CompletableFuture<>();
        dialling.offer(() -> handler.startPing(20_000, done));
        long[] nanos = done.get(60, TimeUnit.SECONDS);
        Arrays.sort(nanos);
        System.out.printf(
            "round trip us: p50=%.1f p90=%.1f p99=%.1f%n",
            nanos[nanos.length / 2] / 1e3,
            nanos[nanos.length * 9 / 10] / 1e3,
            nanos[nanos.length * 99 / 100] / 1e3);
        for (int size : new int[] {0, 100}) {
          echo.received = 0;
          int count = 4_000_000;
          CompletableFuture<Boolean> all = new CompletableFuture<>();
          echo.expect(count, all);
          long start = System.nanoTime();
          byte[] raw = payload(size);
          dialling.offer(() -> handler.startStream(raw, count, size == 100));
          all.get(60, TimeUnit.SECONDS);
          long nanosTaken = System.nanoTime() - start;
          System.out.printf(
              "one way %s: %.2fM packets/s (%d bytes)%n",
              size == 100 ? "raw" : "parsed", count * 1e3 / nanosTaken, raw.length);
        }
      }
    }
  }

  private static byte[] payload(int size) {
    return Packet.newBuilder()
        .setFrom(CLIENT)
        .setTo(SERVER)
        .setUndeliverable(io.mobula.proto.Undeliverable.newBuilder().setReason("x".repeat(size)))
        .build()
        .toByteArray();
  }

  private static final class EchoHandler implements LinkHandler {
    volatile long received;
    long expected = Long.MAX_VALUE;
    CompletableFuture<Boolean> done = new CompletableFuture<>();

    void expect(long count, CompletableFuture<Boolean> all) {
      expected = count;
      done = all;
    }

    @Override
    public void onOpen(Link link) {}

    @Override
    public void onPacket(Link link, byte[] packet) {
      if (packet.length <= PacketHeader.LENGTH_BYTES + 4) {
        if (packet.length > PacketHeader.LENGTH_BYTES && packet[18] == 0x18) {
          link.sendRaw(packet);
          return;
        }
      }
      if (++received == expected) {
        done.complete(true);
      }
    }

    @Override
    public void onClosed(Link link, String reason) {}
  }

  private static final class ClientHandler implements DialHandler {
    final CompletableFuture<Link> opened = new CompletableFuture<>();
    CompletableFuture<long[]> done = new CompletableFuture<>();
    long[] nanos = new long[0];
    int index;
    long sentAt;
    byte[] stream = new byte[0];
    Packet packet = Packet.getDefaultInstance();
    boolean isRaw;
    int left;

    void startPing(int count, CompletableFuture<long[]> result) {
      nanos = new long[count];
      index = 0;
      done = result;
      ping(opened.join());
    }

    void ping(Link link) {
      sentAt = System.nanoTime();
      link.send(LinkPeer.numbered(CLIENT, SERVER, 7));
    }

    void startStream(byte[] bytes, int count, boolean isRawSent) {
      stream = bytes;
      left = count;
      isRaw = isRawSent;
      pump(opened.join());
    }

    void pump(Link link) {
      while (left > 0 && !link.isCongested()) {
        left--;
        if (isRaw) {
          link.sendRaw(stream);
        } else {
          link.send(
              Packet.newBuilder()
                  .setFrom(CLIENT)
                  .setTo(SERVER)
                  .setUndeliverable(
                      io.mobula.proto.Undeliverable.newBuilder().setAddress(left).setReason("x"))
                  .build());
        }
      }
    }

    @Override
    public void onOpen(Link link) {
      opened.complete(link);
    }

    @Override
    public void onPacket(Link link, byte[] packetBytes) {
      nanos[index++] = System.nanoTime() - sentAt;
      if (index < nanos.length) {
        ping(link);
      } else {
        done.complete(nanos);
      }
    }

    @Override
    public void onWritable(Link link) {
      pump(link);
    }

    @Override
    public void onClosed(Link link, String reason) {
      System.out.println("closed: " + reason);
    }

    @Override
    public void onRefused(io.mobula.proto.Failure failure) {
      opened.completeExceptionally(new IllegalStateException(failure.getMessage()));
    }
  }
}
