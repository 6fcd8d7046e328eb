package io.mobula.agent.link;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.proto.Undeliverable;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Round trip and one-way throughput of any kind of link; run by hand, prints figures. */
public final class LinkBenchmark {
  private static final long SERVER = 1L << 32;
  private static final long CLIENT = (1L << 32) | 1;
  private static final int ROUNDS = 4;
  private static final int PINGS = 5_000;
  private static final int STREAMED = 3_000_000;

  private LinkBenchmark() {}

  /** A Unix link; the argument is how many nanoseconds the loops spin before they sleep. */
  public static void main(String[] args) throws Exception {
    long spinNanos = args.length > 0 ? Long.parseLong(args[0]) : 0;
    try (LinkFixture fixture = new UnixFixture()) {
      run(fixture, LoopConfig.defaults().withSpinNanos(spinNanos));
    }
  }

  /** Measures. */
  public static void run(LinkFixture fixture, LoopConfig config) throws Exception {
    LinkPeer server = new LinkPeer("server");
    LinkPeer client = new LinkPeer("client");
    Receiver receiver = new Receiver();
    Sender sender = new Sender();
    try (AgentLoop<Runnable> serving = AgentLoop.start(server, config);
        AgentLoop<Runnable> dialling = AgentLoop.start(client, config)) {
      String address =
          on(
              serving,
              () ->
                  fixture.listen(
                      server.context.get(), config.limits(), LinkPeer.accepting(SERVER, receiver)));
      on(
          dialling,
          () -> {
            fixture.dial(
                client.context.get(), config.limits(), address, LinkPeer.hello(CLIENT), sender);
            return true;
          });
      sender.opened.get(10, TimeUnit.SECONDS);
      for (int round = 0; round < ROUNDS; round++) {
        CompletableFuture<long[]> pings = new CompletableFuture<>();
        dialling.offer(() -> sender.startPings(pings));
        printPings(pings.get(60, TimeUnit.SECONDS));
        for (boolean isRaw : new boolean[] {true, false}) {
          CompletableFuture<Boolean> all = new CompletableFuture<>();
          on(serving, () -> receiver.expect(STREAMED, all));
          long start = System.nanoTime();
          dialling.offer(() -> sender.startStream(STREAMED, isRaw));
          all.get(60, TimeUnit.SECONDS);
          double perSecond = STREAMED * 1e9 / (System.nanoTime() - start);
          System.out.printf(
              "  one way, 100 B %s: %.2fM packets/s%n", isRaw ? "raw" : "built", perSecond / 1e6);
        }
      }
    }
  }

  private static void printPings(long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "round trip: p50=%.1f us, p90=%.1f us, p99=%.1f us%n",
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 9 / 10] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3);
  }

  private static <T> T on(AgentLoop<Runnable> loop, Callable<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.offer(() -> {
      try {
        result.complete(action.call());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result.get(10, TimeUnit.SECONDS);
  }

  /** Echoes packets that have a correlation, counts the others. */
  private static final class Receiver implements LinkHandler {
    private static final byte CORRELATION_TAG = 0x18;

    private long left;
    private CompletableFuture<Boolean> done = new CompletableFuture<>();

    boolean expect(long count, CompletableFuture<Boolean> all) {
      left = count;
      done = all;
      return true;
    }

    @Override
    public void onOpen(Link link) {}

    @Override
    public void onPacket(Link link, byte[] packet) {
      if (packet[PacketHeader.LENGTH_BYTES] == CORRELATION_TAG) {
        link.sendRaw(packet);
      } else if (--left == 0) {
        done.complete(true);
      }
    }

    @Override
    public void onClosed(Link link, String reason) {}
  }

  private static final class Sender implements DialHandler {
    final CompletableFuture<Link> opened = new CompletableFuture<>();
    private CompletableFuture<long[]> pinged = new CompletableFuture<>();
    private long[] nanos = new long[0];
    private int pings;
    private long sentAtNanos;
    private boolean isRaw;
    private int left;

    void startPings(CompletableFuture<long[]> result) {
      nanos = new long[PINGS];
      pings = 0;
      pinged = result;
      ping(opened.join());
    }

    void startStream(int count, boolean isSentRaw) {
      left = count;
      isRaw = isSentRaw;
      pump(opened.join());
    }

    @Override
    public void onOpen(Link link) {
      opened.complete(link);
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      nanos[pings++] = System.nanoTime() - sentAtNanos;
      if (pings < nanos.length) {
        ping(link);
      } else {
        pinged.complete(nanos);
      }
    }

    @Override
    public void onWritable(Link link) {
      pump(link);
    }

    @Override
    public void onClosed(Link link, String reason) {}

    @Override
    public void onRefused(Failure failure) {
      opened.completeExceptionally(new IllegalStateException(failure.getMessage()));
    }

    private void ping(Link link) {
      sentAtNanos = System.nanoTime();
      link.send(LinkPeer.numbered(CLIENT, SERVER, pings));
    }

    private void pump(Link link) {
      byte[] raw = built(1).toByteArray();
      while (left > 0 && !link.isCongested()) {
        left--;
        if (isRaw) {
          link.sendRaw(raw);
        } else {
          link.send(built(left));
        }
      }
    }

    private static Packet built(long number) {
      return Packet.newBuilder()
          .setFrom(CLIENT)
          .setTo(SERVER)
          .setUndeliverable(
              Undeliverable.newBuilder()
                  .setAddress(number)
                  .setCorrelation(number)
                  .setReason("a text that makes the packet about one hundred bytes long, it does"))
          .build();
    }
  }
}
