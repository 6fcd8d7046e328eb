package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.SystemClock;
import io.mobula.proto.Packet;
import io.mobula.store.file.StoreDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How fast an object moves from one store to another, beside a plain socket copy between two warm
 * buffers in the same run. It prints figures and asserts only that the bytes are right: speed on a
 * shared machine is for people to judge.
 */
final class TransferThroughputIT {
  private static final int CHUNK_BYTES = 4 << 20;
  private static final int ROUNDS = Integer.getInteger("mobula.test.transfer-rounds", 2);
  private static final int READERS = 8;

  /** The stores hold one object each, most of which is above any mark. */
  private static final SpillConfig NO_SPILLING = SpillConfig.DEFAULT.withBounds(1, 1 << 20, 0);

  private static final int MEBIBYTES = Integer.getInteger("mobula.test.transfer-mebibytes", 16);

  @ParameterizedTest
  @ValueSource(strings = {"", "one machine"})
  @Timeout(300)
  void shouldMoveEveryByteWhenObjectIsLarge(String hostId) throws Exception {
    measure(MEBIBYTES << 20, hostId);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "one machine"})
  @Timeout(600)
  void shouldMoveEveryByteToEightNodesAtOnce(String hostId) throws Exception {
    broadcast(MEBIBYTES << 20, hostId);
  }

  private static void measure(int sizeBytes, String hostId) throws Exception {
    double[] plain = new double[ROUNDS];
    double[] pulled = new double[ROUNDS];
    try (Arena arena = Arena.ofShared();
        TestNode one = node(1, sizeBytes, hostId);
        TestNode two = node(2, sizeBytes, hostId)) {
      two.knows(1, one.dataPort());
      long writer = one.join(1, true);
      long reader = two.join(1, true);
      ObjectKey key = new ObjectKey(writer, 1);
      MemorySegment value = arena.allocate(sizeBytes);
      fill(value);
      one.put(writer, key, value);
      MemorySegment copy = arena.allocate(sizeBytes);
      for (int round = 0; round < ROUNDS; round++) {
        plain[round] = gigabytesPerSecond(sizeBytes, () -> copy(value, copy));
        pulled[round] = gigabytesPerSecond(sizeBytes, () -> pull(two, reader, key, sizeBytes));
        discard(two, reader, key, value);
      }
    }
    System.out.printf(
        "transfer of %d MiB%s: pull %s GB/s, plain socket copy %s GB/s, best to best %.2f%n",
        sizeBytes >> 20,
        hostId.isEmpty() ? "" : " on one machine",
        figures(pulled),
        figures(plain),
        Arrays.stream(pulled).max().orElseThrow() / Arrays.stream(plain).max().orElseThrow());
  }

  private static void broadcast(int sizeBytes, String hostId) throws Exception {
    double[] toOne = new double[ROUNDS];
    double[] toAll = new double[ROUNDS];
    double[] plain = new double[ROUNDS];
    List<TestNode> nodes = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      for (int number = 1; number <= READERS + 1; number++) {
        nodes.add(node(number, sizeBytes, hostId));
      }
      for (TestNode node : nodes) {
        for (TestNode other : nodes) {
          node.knows(other.number(), other.dataPort());
        }
      }
      TestNode source = nodes.getFirst();
      List<TestNode> readers = nodes.subList(1, nodes.size());
      long writer = source.join(1, true);
      List<Long> processes = new ArrayList<>();
      for (TestNode reader : readers) {
        processes.add(reader.join(1, true));
      }
      ObjectKey key = new ObjectKey(writer, 1);
      MemorySegment value = arena.allocate(sizeBytes);
      fill(value);
      source.put(writer, key, value);
      List<MemorySegment> copies = List.of(arena.allocate(sizeBytes), arena.allocate(sizeBytes));
      for (int round = 0; round < ROUNDS; round++) {
        plain[round] = seconds(() -> copyToAll(value, copies, !hostId.isEmpty()));
        long first = processes.getFirst();
        toOne[round] = seconds(() -> pull(readers.getFirst(), first, key, sizeBytes));
        discard(readers.getFirst(), first, key, value);
        toAll[round] =
            seconds(() -> {
              for (int i = 0; i < READERS; i++) {
                readers.get(i).fetch(processes.get(i), 1, key, sizeBytes, 1);
              }
              for (int i = 0; i < READERS; i++) {
                assertThat(readers.get(i).receive(processes.get(i)).hasObjectAvailable()).isTrue();
              }
            });
        for (int i = 0; i < READERS; i++) {
          discard(readers.get(i), processes.get(i), key, value);
        }
      }
    } finally {
      for (TestNode node : nodes) {
        node.close();
      }
    }
    System.out.printf(
        "broadcast of %d MiB%s: to one %s s, to %d %s s, best to best %.2f;"
            + " as many plain copies, two at a time, %s s, best to best %.2f%n",
        sizeBytes >> 20,
        hostId.isEmpty() ? "" : " on one machine",
        figures(toOne),
        READERS,
        figures(toAll),
        Arrays.stream(toAll).min().orElseThrow() / Arrays.stream(toOne).min().orElseThrow(),
        figures(plain),
        Arrays.stream(plain).min().orElseThrow() / Arrays.stream(toAll).min().orElseThrow());
  }

  /**
   * What the machine can do: as many copies as there are readers, a thread for each destination.
   */
  private static void copyToAll(
      MemorySegment value, List<MemorySegment> copies, boolean isOneMachine) throws Exception {
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (MemorySegment to : copies) {
      FutureTask<Void> task =
          new FutureTask<>(() -> {
            for (int i = 0; i < READERS / copies.size(); i++) {
              if (isOneMachine) {
                to.copyFrom(value);
              } else {
                copy(value, to);
              }
            }
            return null;
          });
      tasks.add(task);
      Thread.ofPlatform().start(task);
    }
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }

  /** Compares the copy that the process holds, and frees it. */
  private static void discard(TestNode node, long process, ObjectKey key, MemorySegment value)
      throws Exception {
    node.fetch(process, 1, key, value.byteSize(), 1);
    assertThat(node.available(node.receive(process)).mismatch(value)).isEqualTo(-1);
    node.release(process, key);
    node.release(process, key);
    node.free(key);
    assertThat(node.usage().usedBytes()).isZero();
  }

  private static void pull(TestNode node, long reader, ObjectKey key, int sizeBytes)
      throws Exception {
    node.fetch(reader, 1, key, sizeBytes, 1);
    Packet packet = node.receive(reader);
    assertThat(packet.hasObjectAvailable()).isTrue();
  }

  private static void copy(MemorySegment from, MemorySegment to) throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel source = SocketChannel.open(listener.getLocalAddress());
          SocketChannel sink = listener.accept()) {
        Thread sender = Thread.ofPlatform().start(() -> send(source, from));
        for (long offset = 0; offset < to.byteSize(); offset += CHUNK_BYTES) {
          ByteBuffer chunk = chunk(to, offset);
          while (chunk.hasRemaining()) {
            assertThat(sink.read(chunk)).isPositive();
          }
        }
        sender.join();
      }
    }
  }

  private static void send(SocketChannel source, MemorySegment from) {
    try {
      for (long offset = 0; offset < from.byteSize(); offset += CHUNK_BYTES) {
        ByteBuffer chunk = chunk(from, offset);
        while (chunk.hasRemaining()) {
          source.write(chunk);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer chunk(MemorySegment segment, long offset) {
    return segment
        .asSlice(offset, Math.min(CHUNK_BYTES, segment.byteSize() - offset))
        .asByteBuffer();
  }

  private static void fill(MemorySegment segment) {
    byte[] block = new byte[1 << 20];
    new Random(1).nextBytes(block);
    for (long offset = 0; offset < segment.byteSize(); offset += block.length) {
      long length = Math.min(block.length, segment.byteSize() - offset);
      MemorySegment.copy(MemorySegment.ofArray(block), 0, segment, offset, length);
    }
  }

  private static double gigabytesPerSecond(long bytes, Timed action) throws Exception {
    return bytes / seconds(action) / 1e9;
  }

  private static double seconds(Timed action) throws Exception {
    long start = SystemClock.INSTANCE.nanoTime();
    action.run();
    return (SystemClock.INSTANCE.nanoTime() - start) / 1e9;
  }

  private static List<String> figures(double[] values) {
    return Arrays.stream(values).mapToObj("%.2f"::formatted).toList();
  }

  private static TestNode node(int number, long sizeBytes, String hostId) throws Exception {
    return new TestNode(
        StoreDirectory.preferred(),
        number,
        sizeBytes + (4L << 20),
        TestNode.TOKEN,
        NO_SPILLING,
        hostId);
  }

  private interface Timed {
    void run() throws Exception;
  }
}
