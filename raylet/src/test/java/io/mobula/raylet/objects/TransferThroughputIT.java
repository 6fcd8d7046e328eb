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
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How fast an object moves from one store to another, beside a plain socket copy between two warm
 * buffers in the same run. It prints figures and asserts only that the bytes are right: speed on a
 * shared machine is for people to judge.
 */
final class TransferThroughputIT {
  private static final int CHUNK_BYTES = 4 << 20;
  private static final int ROUNDS = 5;

  @Test
  @Timeout(300)
  void shouldMoveEveryByteWhenObjectIsLarge() throws Exception {
    measure(Integer.getInteger("mobula.test.transfer-mebibytes", 256) << 20);
  }

  private static void measure(int sizeBytes) throws Exception {
    double[] plain = new double[ROUNDS];
    double[] pulled = new double[ROUNDS];
    try (Arena arena = Arena.ofShared();
        TestNode one = node(1, sizeBytes);
        TestNode two = node(2, sizeBytes)) {
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
        two.fetch(reader, 1, key, sizeBytes, 1);
        assertThat(two.available(two.receive(reader)).mismatch(value)).isEqualTo(-1);
        two.release(reader, key);
        two.release(reader, key);
        two.free(key);
        assertThat(two.usage().usedBytes()).isZero();
      }
    }
    System.out.printf(
        "transfer of %d MiB: pull %s GB/s, plain socket copy %s GB/s, best to best %.2f%n",
        sizeBytes >> 20,
        Arrays.stream(pulled).mapToObj("%.2f"::formatted).toList(),
        Arrays.stream(plain).mapToObj("%.2f"::formatted).toList(),
        Arrays.stream(pulled).max().orElseThrow() / Arrays.stream(plain).max().orElseThrow());
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
    long start = SystemClock.INSTANCE.nanoTime();
    action.run();
    return (double) bytes / (SystemClock.INSTANCE.nanoTime() - start);
  }

  private static TestNode node(int number, long sizeBytes) throws Exception {
    return new TestNode(StoreDirectory.preferred(), number, sizeBytes + (1L << 20), TestNode.TOKEN);
  }

  private interface Timed {
    void run() throws Exception;
  }
}
