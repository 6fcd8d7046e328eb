package io.mobula.raylet.objects;

import static org.awaitility.Awaitility.await;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.SystemClock;
import io.mobula.proto.CreateObject;
import io.mobula.proto.FetchObject;
import io.mobula.proto.FreeObjects;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.proto.ReleaseNotice;
import io.mobula.proto.ReleaseObject;
import io.mobula.proto.SealObject;
import io.mobula.raylet.transfer.DataConfig;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.transfer.DataServer;
import io.mobula.raylet.transfer.LoopThread;
import io.mobula.store.HeapRange;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.hold.StoreReader;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.spill.LocalDiskTarget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A node's object service with a real store file, real sockets and a loop, and its processes. */
final class TestNode implements AutoCloseable {
  /** Shorter than in life. */
  private static final Duration PULL_GRACE = Duration.ofSeconds(3);

  static final String TOKEN = "5ec7e7";

  private final int number;
  private final LoopThread loop = new LoopThread();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Long, BlockingQueue<Packet>> inboxes = new ConcurrentHashMap<>();

  /** Whether each process lives, by its pid, which is its number. */
  private final Map<Long, BooleanSupplier> processes = new ConcurrentHashMap<>();

  private final DataServer server;
  private final Path spillFolder;
  private final LocalDiskTarget spillTarget;
  private final StoreFile storeFile;
  private final NodeObjectService service;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment mapping;

  TestNode(StoreDirectory directory, int number, long capacityBytes, String token)
      throws Exception {
    this(directory, number, capacityBytes, token, SpillConfig.DEFAULT, "");
  }

  TestNode(
      StoreDirectory directory, int number, long capacityBytes, String token, SpillConfig spill)
      throws Exception {
    this(directory, number, capacityBytes, token, spill, "");
  }

  /**
   * Opens it.
   *
   * @param hostId its machine; nodes of one read each other's store files, with none they do not
   */
  TestNode(
      StoreDirectory directory,
      int number,
      long capacityBytes,
      String token,
      SpillConfig spill,
      String hostId)
      throws Exception {
    this.number = number;
    spillFolder = directory.path().resolve("spill-" + number);
    spillTarget = LocalDiskTarget.create(List.of(spillFolder));
    DataConfig data = DataConfig.DEFAULT.withHostId(hostId);
    DataSecret secret = DataSecret.of(token);
    SecureRandom random = new SecureRandom();
    server = DataServer.bind("127.0.0.1", 0, data, secret, random, SystemClock.INSTANCE, threads);
    storeFile =
        StoreFile.create(directory, "test" + number, StoreLayout.ofCapacity(capacityBytes), number);
    ObjectEnvironment environment =
        new ObjectEnvironment(
            (to, packet) -> inbox(to).add(packet),
            loop,
            loop,
            SystemClock.INSTANCE,
            threads,
            pid -> processes.get(pid),
            spillTarget,
            random);
    service =
        loop.call(() ->
            NodeObjectService.open(
                ProcessAddress.of(number, 0),
                ObjectConfig.ofCapacity(capacityBytes, spill)
                    .withPullGrace(PULL_GRACE)
                    .withData(data),
                storeFile,
                server,
                secret,
                environment));
    try (FileChannel channel =
        FileChannel.open(storeFile.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      mapping =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, storeFile.layout().fileBytes(), arena);
    }
  }

  /** A byte of the heap as it is now; the first object of a node begins at 0. */
  byte heapByte(long offset) {
    return mapping.get(ValueLayout.JAVA_BYTE, storeFile.layout().heapOffset() + offset);
  }

  MemorySegment heapBytes(HeapRange range) {
    return mapping.asSlice(range.offset(), range.sizeBytes());
  }

  int number() {
    return number;
  }

  long raylet() {
    return ProcessAddress.of(number, 0);
  }

  int dataPort() {
    return server.port();
  }

  void knows(int node, int dataPort) throws Exception {
    NodeDescription description =
        NodeDescription.newBuilder()
            .setNumber(node)
            .setDataAddress("127.0.0.1:" + dataPort)
            .build();
    loop.run(() -> service.nodeAdded(description));
  }

  long join(int process, boolean sharesMemory) throws Exception {
    long address = ProcessAddress.of(number, process);
    ObjectClient client =
        new ObjectClient() {
          @Override
          public long address() {
            return address;
          }

          @Override
          public boolean sharesMemory() {
            return sharesMemory;
          }

          @Override
          public boolean isCongested() {
            // Like a link with room for two pieces that nobody has read.
            return !sharesMemory && inbox(address).size() >= 2;
          }
        };
    loop.run(() -> service.processConnected(client));
    return address;
  }

  /** A process that reads by itself, as one that lives as long as the supplier says. */
  StoreReader joinReader(int process, BooleanSupplier isAlive) throws Exception {
    processes.put((long) process, isAlive);
    long address = ProcessAddress.of(number, process);
    int table = loop.call(() -> service.assignHoldTable(address, process)) - 1;
    join(process, true);
    StoreLayout layout = storeFile.layout();
    return StoreReader.of(
        mapping.asSlice(layout.indexOffset(), layout.indexBytes()),
        mapping.asSlice(layout.holdTableOffset(table), StoreLayout.HOLD_TABLE_BYTES),
        layout,
        () -> {});
  }

  /** What a process without a place in this machine's view gets. */
  int assignHoldTable(int process) throws Exception {
    long address = ProcessAddress.of(number, process);
    return loop.call(() -> service.assignHoldTable(address, process));
  }

  void left(long address) throws Exception {
    loop.run(() -> service.processLeft(address));
  }

  void sendNotice(long process) throws Exception {
    send(process, Packet.newBuilder().setReleaseNotice(ReleaseNotice.getDefaultInstance()));
  }

  void die(long address) throws Exception {
    loop.run(() -> service.processDied(address));
  }

  void closePort() {
    server.close();
  }

  ObjectUsage usage() throws Exception {
    return loop.call(service::usage);
  }

  /** Creates, fills and seals. */
  void put(long process, ObjectKey key, MemorySegment value) throws Exception {
    MemorySegment memory = create(process, key, value.byteSize());
    memory.copyFrom(value);
    seal(process, key);
  }

  void startCreate(long process, ObjectKey key, long sizeBytes) throws Exception {
    CreateObject create =
        CreateObject.newBuilder().setId(key.toProto()).setSizeBytes(sizeBytes).build();
    send(process, Packet.newBuilder().setCorrelation(1).setCreateObject(create));
  }

  MemorySegment create(long process, ObjectKey key, long sizeBytes) throws Exception {
    startCreate(process, key, sizeBytes);
    Packet created = receive(process);
    if (!created.hasObjectCreated()) {
      throw new AssertionError("not created: " + created);
    }
    return mapping.asSlice(created.getObjectCreated().getOffset(), sizeBytes);
  }

  void seal(long process, ObjectKey key) throws Exception {
    SealObject seal = SealObject.newBuilder().setId(key.toProto()).build();
    send(process, Packet.newBuilder().setSealObject(seal));
  }

  void sendPiece(long process, ObjectKey key, long offset, byte[] data, boolean isLast)
      throws Exception {
    ObjectPiece piece =
        ObjectPiece.newBuilder()
            .setId(key.toProto())
            .setOffset(offset)
            .setData(com.google.protobuf.ByteString.copyFrom(data))
            .setLast(isLast)
            .build();
    send(process, Packet.newBuilder().setObjectPiece(piece));
  }

  void fetch(long process, long correlation, ObjectKey key, long sizeBytes, int... nodes)
      throws Exception {
    FetchObject fetch =
        FetchObject.newBuilder()
            .setObject(ObjectTableFixture.stored(key, sizeBytes, nodes))
            .build();
    send(process, Packet.newBuilder().setCorrelation(correlation).setFetchObject(fetch));
  }

  void release(long process, ObjectKey key) throws Exception {
    ReleaseObject release = ReleaseObject.newBuilder().setId(key.toProto()).build();
    send(process, Packet.newBuilder().setReleaseObject(release));
  }

  void free(ObjectKey key) throws Exception {
    FreeObjects free = FreeObjects.newBuilder().addIds(key.toProto()).build();
    send(key.owner(), Packet.newBuilder().setFreeObjects(free));
  }

  Packet receive(long process) throws InterruptedException {
    Packet packet = inbox(process).poll(100, TimeUnit.SECONDS);
    if (packet == null) {
      throw new AssertionError("no packet for " + ProcessAddress.describe(process));
    }
    return packet;
  }

  /** As {@link #receive}, for a process whose link has room again then. */
  Packet receiveAndMakeRoom(long process) throws Exception {
    Packet packet = receive(process);
    loop.run(() -> service.onWritable(process));
    return packet;
  }

  MemorySegment available(Packet packet) {
    if (!packet.hasObjectAvailable()) {
      throw new AssertionError("not available: " + packet);
    }
    return mapping.asSlice(
        packet.getObjectAvailable().getOffset(), packet.getObjectAvailable().getSizeBytes());
  }

  @Override
  public void close() throws IOException {
    CountDownLatch idle = new CountDownLatch(1);
    loop.post(() -> service.close(idle::countDown));
    await().atMost(Duration.ofSeconds(30)).until(() -> idle.getCount() == 0);
    arena.close();
    storeFile.close();
    spillTarget.close();
    threads.close();
    loop.close();
  }

  private void send(long from, Packet.Builder packet) throws Exception {
    Packet whole = packet.setFrom(from).setTo(raylet()).build();
    if (!loop.call(() -> service.onPacket(whole))) {
      throw new AssertionError("not taken: " + whole);
    }
  }

  private BlockingQueue<Packet> inbox(long process) {
    return inboxes.computeIfAbsent(process, any -> new LinkedBlockingQueue<>());
  }
}
