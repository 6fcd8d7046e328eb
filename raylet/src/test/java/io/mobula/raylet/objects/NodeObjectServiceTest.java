package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.store.file.StoreDirectory;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes in one JVM, with real store files and sockets between them. */
final class NodeObjectServiceTest {
  private static final long CAPACITY = 64L << 20;

  @TempDir Path folder;

  @Test
  void shouldPullObjectAndFreeBothCopiesWhenFetchedOnAnotherNode() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN);
        TestNode two = node(2, TestNode.TOKEN)) {
      introduce(one, two);
      long writer = one.join(1, true);
      long reader = two.join(1, true);
      ObjectKey key = new ObjectKey(writer, 1);
      MemorySegment value = random(20_000_000);
      one.put(writer, key, value);
      two.fetch(reader, 5, key, value.byteSize(), 1);
      Packet packet = two.receive(reader);
      assertThat(packet.getCorrelation()).isEqualTo(5);
      assertThat(two.available(packet).mismatch(value)).isEqualTo(-1);
      assertThat(two.receive(writer).getLocationAdded().getRaylet()).isEqualTo(two.raylet());
      one.free(key);
      two.free(key);
      assertThat(two.usage().objects()).isEqualTo(1);
      two.release(reader, key);
      assertThat(two.usage().usedBytes()).isZero();
      await().atMost(Duration.ofSeconds(10)).until(() -> one.usage().usedBytes() == 0);
    }
  }

  @Test
  void shouldMoveManyObjectsBothWaysWhenFetchedAtOnce() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN);
        TestNode two = node(2, TestNode.TOKEN)) {
      introduce(one, two);
      long left = one.join(1, true);
      long right = two.join(1, true);
      int count = 200;
      for (int i = 0; i < count; i++) {
        one.put(left, new ObjectKey(left, i), random(1_000 * i));
        two.put(right, new ObjectKey(right, i), random(1_000 * i + 1));
      }
      for (int i = 0; i < count; i++) {
        two.fetch(right, i, new ObjectKey(left, i), 1_000L * i, 1);
        one.fetch(left, i, new ObjectKey(right, i), 1_000L * i + 1, 2);
      }
      for (int received = 0; received < count; ) {
        Packet packet = two.receive(right);
        if (packet.hasObjectAvailable()) {
          int i = (int) packet.getCorrelation();
          assertThat(two.available(packet).mismatch(random(1_000 * i))).isEqualTo(-1);
          received++;
        }
      }
      for (int received = 0; received < count; ) {
        Packet packet = one.receive(left);
        if (packet.hasObjectAvailable()) {
          int i = (int) packet.getCorrelation();
          assertThat(one.available(packet).mismatch(random(1_000 * i + 1))).isEqualTo(-1);
          received++;
        }
      }
      one.die(right);
      one.die(left);
      assertThat(one.usage().usedBytes()).isZero();
    }
  }

  @Test
  void shouldUseOtherCopyWhenFirstSourceIsGone() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN);
        TestNode two = node(2, TestNode.TOKEN);
        TestNode three = node(3, TestNode.TOKEN)) {
      introduce(one, two);
      introduce(one, three);
      introduce(two, three);
      long writer = one.join(1, true);
      long second = two.join(1, true);
      long third = three.join(1, true);
      ObjectKey key = new ObjectKey(writer, 1);
      MemorySegment value = random(1_000_000);
      one.put(writer, key, value);
      two.fetch(second, 1, key, value.byteSize(), 1);
      two.available(two.receive(second));
      one.closePort();
      three.fetch(third, 1, key, value.byteSize(), 1, 2);
      assertThat(three.available(three.receive(third)).mismatch(value)).isEqualTo(-1);
    }
  }

  @Test
  void shouldFailWithNodesTriedWhenSecretsDiffer() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN);
        TestNode two = node(2, "another")) {
      introduce(one, two);
      long writer = one.join(1, true);
      long reader = two.join(1, true);
      ObjectKey key = new ObjectKey(writer, 1);
      one.put(writer, key, random(10));
      two.fetch(reader, 1, key, 10, 1);
      Packet packet = two.receive(reader);
      assertThat(packet.getStoreFailure().getFailure().getKind())
          .isEqualTo(FailureKind.OBJECT_UNREACHABLE);
      assertThat(packet.getStoreFailure().getFailure().getMessage())
          .contains("node 1: data port closed during authentication");
      assertThat(two.usage().usedBytes()).isZero();
    }
  }

  @Test
  void shouldTravelInPiecesWhenProcessHasNoSharedMemory() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN)) {
      long laptop = one.join(1, false);
      ObjectKey key = new ObjectKey(laptop, 1);
      byte[] value = random(3_000_000).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      one.create(laptop, key, value.length);
      one.sendPiece(laptop, key, 0, Arrays.copyOf(value, 1_000_000), false);
      one.sendPiece(
          laptop, key, 1_000_000, Arrays.copyOfRange(value, 1_000_000, value.length), true);
      one.fetch(laptop, 9, key, value.length, 1);
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      boolean isLast = false;
      while (!isLast) {
        Packet packet = one.receiveAndMakeRoom(laptop);
        assertThat(packet.getCorrelation()).isEqualTo(9);
        ObjectPiece piece = packet.getObjectPiece();
        assertThat(piece.getOffset()).isEqualTo(received.size());
        received.write(piece.getData().toByteArray());
        isLast = piece.getLast();
      }
      assertThat(received.toByteArray()).isEqualTo(value);
      one.free(key);
      assertThat(one.usage().usedBytes()).isZero();
    }
  }

  @Test
  void shouldStopStreamAndLetGoWhenProcessWithoutSharedMemoryReleasesOrDies() throws Exception {
    try (TestNode one = node(1, TestNode.TOKEN)) {
      long worker = one.join(1, true);
      long laptop = one.join(2, false);
      long other = one.join(3, false);
      ObjectKey key = new ObjectKey(worker, 1);
      one.put(worker, key, random(3_000_000));
      one.fetch(laptop, 1, key, 3_000_000, 1);
      one.fetch(other, 2, key, 3_000_000, 1);
      one.free(key);
      assertThat(one.usage().objects()).isEqualTo(1);
      one.release(laptop, key);
      assertThat(one.usage().objects()).isEqualTo(1);
      one.die(other);
      assertThat(one.usage().objects()).isZero();
    }
  }

  @Test
  void shouldBecomeIdleWhenClosedDuringTransfer() throws Exception {
    TestNode two = node(2, TestNode.TOKEN);
    try (TestNode one = node(1, TestNode.TOKEN)) {
      introduce(one, two);
      long writer = one.join(1, true);
      long reader = two.join(1, true);
      ObjectKey key = new ObjectKey(writer, 1);
      one.put(writer, key, random(50_000_000));
      two.fetch(reader, 1, key, 50_000_000, 1);
      two.close();
    }
  }

  private TestNode node(int number, String token) throws Exception {
    return new TestNode(new StoreDirectory(folder), number, CAPACITY, token);
  }

  private static void introduce(TestNode one, TestNode two) throws Exception {
    one.knows(two.number(), two.dataPort());
    two.knows(one.number(), one.dataPort());
  }

  private static MemorySegment random(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(sizeBytes).nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }
}
