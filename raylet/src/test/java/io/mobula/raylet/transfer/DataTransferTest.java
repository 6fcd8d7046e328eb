package io.mobula.raylet.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.SystemClock;
import io.mobula.proto.Failure;
import io.mobula.proto.StoreFileRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Data port and client over real loopback sockets: handshake, bytes, faults, limits. */
final class DataTransferTest {
  private static final DataConfig CONFIG =
      new DataConfig(
          64 << 10,
          2,
          4,
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          "");
  private static final DataSecret SECRET = DataSecret.of("00ff");
  private static final ObjectKey KEY = new ObjectKey(7, 8);
  private static final long STAMP = 99;
  private static final int NODE = 5;

  private final Arena arena = Arena.ofShared();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final LoopThread loop = new LoopThread();
  private final Map<ObjectKey, MemorySegment> objects = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final BlockingQueue<PullOutcome> outcomes = new LinkedBlockingQueue<>();
  private final BlockingQueue<PartRequest> requests = new LinkedBlockingQueue<>();
  private DataServer server = bind(0);
  private final DataClient client = client(SECRET);

  DataTransferTest() throws IOException {}

  @BeforeEach
  void serve() {
    server.serve(NODE, this::open);
  }

  @AfterEach
  void close() throws Exception {
    loop.run(client::close);
    server.close();
    await().atMost(Duration.ofSeconds(10)).until(() -> server.connectionCount() == 0);
    assertThat(open).hasValue(0);
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    loop.close();
    arena.close();
  }

  @Test
  void shouldCopyEveryByteWhenObjectIsPulled() throws Exception {
    for (int sizeBytes : new int[] {0, 1, 65_535, 65_536, 65_537, 3_000_000}) {
      MemorySegment source = random(sizeBytes);
      objects.put(KEY, source);
      MemorySegment destination = arena.allocate(sizeBytes);
      assertThat(pull(client, destination)).isInstanceOf(PullOutcome.Complete.class);
      assertThat(destination.mismatch(source)).isEqualTo(-1);
    }
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void shouldCopyNothingElseWhenPartIsPulled() throws Exception {
    MemorySegment source = random(1_000_000);
    objects.put(KEY, source);
    MemorySegment destination = arena.allocate(1_000_000);
    PartRequest part = new PartRequest(KEY, 1_000_000, 700_000, 200_000, 2);
    start(client, address(), part, destination.asSlice(700_000, 200_000));
    assertThat(outcome()).isInstanceOf(PullOutcome.Complete.class);
    assertThat(MemorySegment.mismatch(source, 700_000, 900_000, destination, 700_000, 900_000))
        .isEqualTo(-1);
    assertThat(destination.get(ValueLayout.JAVA_BYTE, 699_999)).isZero();
    assertThat(destination.get(ValueLayout.JAVA_BYTE, 900_000)).isZero();
  }

  @Test
  void shouldCopyFromFileAndSaySoWhenSourceIsOnTheSameMachine() throws Exception {
    MemorySegment source = random(1_000_000);
    objects.put(KEY, source);
    try (DataServer near = bind(0, CONFIG.withHostId("here"))) {
      near.serve(NODE, this::open);
      for (String machine : List.of("here", "elsewhere")) {
        boolean isFromFile = machine.equals("here");
        DataClient reader = client(CONFIG.withHostId(machine), SECRET, opened(source));
        MemorySegment destination = arena.allocate(1_000_000);
        assertThat(pull(reader, "127.0.0.1:" + near.port(), destination))
            .isEqualTo(
                new PullOutcome.Complete(SourceReport.whole(STAMP, List.of(3, 4)), isFromFile));
        assertThat(destination.mismatch(source)).isEqualTo(-1);
        assertThat(requests.take().isFromFile()).isEqualTo(isFromFile);
        loop.run(reader::close);
      }
    }
  }

  @Test
  void shouldSayMissingWhenSourceDoesNotHaveObject() throws Exception {
    assertThat(pull(client, arena.allocate(10))).isEqualTo(new PullOutcome.Missing("not here"));
    objects.put(KEY, random(10));
    assertThat(pull(client, arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void shouldRefuseReaderWhenItsSecretIsWrong() throws Exception {
    objects.put(KEY, random(10));
    DataClient stranger = client(DataSecret.of("00fe"));
    assertThat(pull(stranger, arena.allocate(10)))
        .isInstanceOfSatisfying(
            PullOutcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("authentication"));
    loop.run(stranger::close);
  }

  @Test
  void shouldRefuseSourceWhenItCannotProveTheSecret() throws Exception {
    objects.put(KEY, random(10));
    // It greets and accepts everybody, but has no secret to prove.
    try (ServerSocketChannel impostor = ServerSocketChannel.open()) {
      impostor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      threads.execute(() -> {
        try (SocketChannel reader = impostor.accept()) {
          byte[] magic = "MOBULAD".getBytes(StandardCharsets.US_ASCII);
          ByteBuffer greeting = ByteBuffer.allocate(40).put(magic);
          reader.write(greeting.put((byte) 2).rewind());
          reader.read(ByteBuffer.allocate(64));
          reader.write(ByteBuffer.allocate(32));
          reader.read(ByteBuffer.allocate(64));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      int port = ((InetSocketAddress) impostor.getLocalAddress()).getPort();
      assertThat(pull(client, "127.0.0.1:" + port, arena.allocate(10)))
          .isInstanceOfSatisfying(
              PullOutcome.Failed.class,
              failed -> assertThat(failed.reason()).contains("does not know the cluster's secret"));
    }
  }

  @Test
  void shouldSendNothingButItsGreetingWhenReaderProvesNothing() throws Exception {
    objects.put(KEY, random(10));
    try (Socket stranger = dial()) {
      assertThat(stranger.getInputStream().readNBytes(40)).hasSize(40);
      stranger.getOutputStream().write(new byte[64]);
      assertThat(stranger.getInputStream().readNBytes(1)).isEmpty();
    }
  }

  @Test
  void shouldDropReaderWhenHandshakeTakesTooLong() throws Exception {
    try (Socket stranger = dial()) {
      assertThat(stranger.getInputStream().readNBytes(40)).hasSize(40);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            server.expire(SystemClock.INSTANCE.nanoTime());
            return server.connectionCount() == 0;
          });
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void shouldServeReadersWhenHundredsConnectAndProveNothing() throws Exception {
    objects.put(KEY, random(10));
    List<Socket> strangers = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      strangers.add(dial());
    }
    assertThat(pull(client, arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    for (int i = 0; i < 600 - CONFIG.strangersMax(); i++) {
      try (Socket oldest = strangers.get(i)) {
        assertThat(oldest.getInputStream().readAllBytes()).hasSizeLessThanOrEqualTo(40);
      }
    }
    assertThat(server.connectionCount()).isLessThanOrEqualTo(CONFIG.strangersMax() + 1);
    // Who has proved the secret does not make room for them.
    strangers.add(dial());
    assertThat(pull(client, arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    for (Socket stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void shouldSayThatItIsBusyWhenReadersHaveAllConnections() throws Exception {
    objects.put(KEY, random(10));
    List<DataClient> readers = List.of(client, client(SECRET), client(SECRET));
    assertThat(pull(readers.get(0), arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    assertThat(pull(readers.get(1), arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    assertThat(pull(readers.get(2), arena.allocate(10))).isInstanceOf(PullOutcome.Busy.class);

    loop.run(readers.get(1)::close);
    await().atMost(Duration.ofSeconds(10)).until(() -> server.connectionCount() == 1);

    assertThat(pull(readers.get(2), arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    loop.run(readers.get(2)::close);
  }

  @Test
  void shouldSayNothingWhenAReaderMeansAnotherNode() throws Exception {
    PartRequest part = new PartRequest(KEY, 10, 0, 10, 2);
    PullOrder order =
        new PullOrder(part, NODE + 1, address(), 0, PartMemory.of(arena.allocate(10)));
    loop.run(() -> client.start(order, outcomes::add));
    assertThat(outcome()).isInstanceOf(PullOutcome.Failed.class);
    assertThat(requests).isEmpty();
  }

  @Test
  void shouldFailWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(pull(client, "127.0.0.1:" + port, arena.allocate(10)))
        .isInstanceOfSatisfying(
            PullOutcome.Failed.class, failed -> assertThat(failed.reason()).contains("refused"));
    assertThat(pull(client, "no port", arena.allocate(10))).isInstanceOf(PullOutcome.Failed.class);
  }

  @Test
  void shouldFailWhenSourceDiesMidPart() throws Exception {
    objects.put(KEY, random(200_000_000));
    StoppedMemory destination = new StoppedMemory(arena.allocate(200_000_000));
    start(client, destination);
    destination.awaitHalf();
    server.close();
    destination.goOn();
    assertThat(outcome()).isInstanceOf(PullOutcome.Failed.class);
  }

  @Test
  void shouldEndSoonWhenPullIsCancelled() throws Exception {
    objects.put(KEY, random(200_000_000));
    StoppedMemory destination = new StoppedMemory(arena.allocate(200_000_000));
    Runnable cancel = start(client, destination);
    destination.awaitHalf();
    loop.run(cancel);
    destination.goOn();
    assertThat(outcome())
        .isInstanceOfSatisfying(
            PullOutcome.Failed.class, failed -> assertThat(failed.reason()).isEqualTo("cancelled"));
  }

  @Test
  void shouldDialAnewWhenSourceClosedTheIdleConnection() throws Exception {
    objects.put(KEY, random(10));
    assertThat(pull(client, arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
    String address = address();
    int port = server.port();
    server.close();
    // The system gives the port back when the thread that accepts has noticed.
    server =
        await()
            .atMost(Duration.ofSeconds(10))
            .ignoreException(IOException.class)
            .until(() -> bind(port), Objects::nonNull);
    serve();
    assertThat(pull(client, address, arena.allocate(10))).isInstanceOf(PullOutcome.Complete.class);
  }

  @Test
  void shouldTimeOutWhenSourceStalls() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      start(client, "127.0.0.1:" + silent.getLocalPort(), arena.allocate(10));
      PullOutcome[] outcome = new PullOutcome[1];
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            loop.run(() -> client.expire(SystemClock.INSTANCE.nanoTime()));
            PullOutcome next = outcomes.poll();
            if (next != null) {
              outcome[0] = next;
            }
            return next != null;
          });
      assertThat(outcome[0])
          .isInstanceOfSatisfying(
              PullOutcome.Failed.class,
              failed -> assertThat(failed.reason()).contains("timed out"));
    }
  }

  private ObjectSource.Answer open(PartRequest request, Duration timeout) {
    requests.add(request);
    MemorySegment bytes = objects.get(request.key());
    if (bytes == null) {
      return new ObjectSource.Answer.Missing(Failure.newBuilder().setMessage("not here").build());
    }
    open.incrementAndGet();
    return new ObjectSource.Answer.Found(
        SourceReport.whole(STAMP, List.of(3, 4)),
        PartMemory.of(bytes.asSlice(request.firstByte(), request.lengthBytes())),
        StoreFileRange.getDefaultInstance(),
        open::decrementAndGet);
  }

  private PullOutcome pull(DataClient from, MemorySegment destination) throws Exception {
    return pull(from, address(), destination);
  }

  private PullOutcome pull(DataClient from, String address, MemorySegment destination)
      throws Exception {
    start(from, address, destination);
    return outcome();
  }

  private Runnable start(DataClient from, String address, MemorySegment destination)
      throws Exception {
    long sizeBytes = destination.byteSize();
    return start(from, address, new PartRequest(KEY, sizeBytes, 0, sizeBytes, 2), destination);
  }

  private Runnable start(
      DataClient from, String address, PartRequest part, MemorySegment destination)
      throws Exception {
    PullOrder order = new PullOrder(part, NODE, address, 0, PartMemory.of(destination));
    return loop.call(() -> from.start(order, outcomes::add));
  }

  private Runnable start(DataClient from, StoppedMemory destination) throws Exception {
    long sizeBytes = destination.sizeBytes();
    PartRequest part = new PartRequest(KEY, sizeBytes, 0, sizeBytes, 2);
    PullOrder order = new PullOrder(part, NODE, address(), 0, destination);
    return loop.call(() -> from.start(order, outcomes::add));
  }

  private PullOutcome outcome() throws InterruptedException {
    PullOutcome outcome = outcomes.poll(30, TimeUnit.SECONDS);
    if (outcome == null) {
      throw new AssertionError("pull does not end");
    }
    return outcome;
  }

  private Socket dial() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private String address() {
    return "127.0.0.1:" + server.port();
  }

  private MemorySegment random(int sizeBytes) {
    byte[] bytes = new byte[Math.min(sizeBytes, 1 << 20)];
    new Random(sizeBytes).nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] |= 1;
    }
    MemorySegment segment = arena.allocate(sizeBytes);
    for (long offset = 0; offset < sizeBytes; offset += bytes.length) {
      long length = Math.min(bytes.length, sizeBytes - offset);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, offset, length);
    }
    return segment;
  }

  private DataServer bind(int port) throws IOException {
    return bind(port, CONFIG);
  }

  private DataServer bind(int port, DataConfig config) throws IOException {
    return DataServer.bind(
        "127.0.0.1", port, config, SECRET, new SecureRandom(), SystemClock.INSTANCE, threads);
  }

  private DataClient client(DataSecret secret) {
    return client(
        CONFIG,
        secret,
        (range, lengthBytes) -> {
          throw new AssertionError("bytes come over the connection");
        });
  }

  /** A store file that has nothing but these bytes. */
  private static LocalFiles opened(MemorySegment bytes) {
    return (range, lengthBytes) ->
        new LocalFiles.Opened() {
          @Override
          public PartMemory memory() {
            return PartMemory.of(bytes);
          }

          @Override
          public void close() {}
        };
  }

  private DataClient client(DataConfig config, DataSecret secret, LocalFiles files) {
    return new DataClient(
        config, secret, files, new SecureRandom(), SystemClock.INSTANCE, loop, threads);
  }

  /** Memory whose writer stops at the half until it is told to go on. */
  private static final class StoppedMemory implements PartMemory {
    private final MemorySegment bytes;
    private final CountDownLatch atHalf = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    StoppedMemory(MemorySegment bytes) {
      this.bytes = bytes;
    }

    void awaitHalf() throws InterruptedException {
      assertThat(atHalf.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void goOn() {
      released.countDown();
    }

    @Override
    public long sizeBytes() {
      return bytes.byteSize();
    }

    /** Written by {@link #write}. */
    @Override
    public @Nullable MemorySegment mapped(long firstByte, long lengthBytes) {
      return null;
    }

    @Override
    public void read(long firstByte, ByteBuffer into) {
      throw new AssertionError("a destination is not read");
    }

    @Override
    public void write(long firstByte, ByteBuffer from) throws IOException {
      if (firstByte >= sizeBytes() / 2) {
        atHalf.countDown();
        try {
          released.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      bytes.asSlice(firstByte, from.remaining()).asByteBuffer().put(from);
    }
  }
}
