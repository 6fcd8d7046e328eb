package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.store.file.StoreDirectory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects pulled from nodes in other JVMs, which may be killed. */
final class NodeProcessIT {
  private static final int SIZE_BYTES = 48 << 20;

  @TempDir Path folder;

  @Test
  void shouldCopyEveryByteWhenSourceIsAnotherProcess() throws Exception {
    try (NodeProcess source = NodeProcess.start(folder, 1, SIZE_BYTES);
        TestNode reader = reader()) {
      reader.knows(source.number(), source.dataPort());
      long process = reader.join(1, true);
      reader.fetch(process, 1, NodeProcess.KEY, SIZE_BYTES, 1);
      assertThat(reader.available(reader.receive(process)).mismatch(NodeProcess.value(SIZE_BYTES)))
          .isEqualTo(-1);
    }
  }

  @Test
  void shouldFinishFromOtherSourceWhenSourceIsKilledMidObject() throws Exception {
    try (NodeProcess first = NodeProcess.start(folder, 1, SIZE_BYTES);
        NodeProcess second = NodeProcess.start(folder, 3, SIZE_BYTES);
        TestNode reader = reader()) {
      reader.knows(first.number(), first.dataPort());
      reader.knows(second.number(), second.dataPort());
      long process = reader.join(1, true);
      reader.fetch(process, 1, NodeProcess.KEY, SIZE_BYTES, 1, 3);
      awaitFirstMebibyte(reader);
      first.kill();
      assertThat(reader.available(reader.receive(process)).mismatch(NodeProcess.value(SIZE_BYTES)))
          .isEqualTo(-1);
    }
  }

  @Test
  void shouldFailAndFreeMemoryWhenOnlySourceIsKilledMidObject() throws Exception {
    try (NodeProcess source = NodeProcess.start(folder, 1, SIZE_BYTES);
        TestNode reader = reader()) {
      reader.knows(source.number(), source.dataPort());
      long process = reader.join(1, true);
      reader.fetch(process, 1, NodeProcess.KEY, SIZE_BYTES, 1);
      awaitFirstMebibyte(reader);
      source.kill();
      Packet packet = reader.receive(process);
      // The whole object may have come before the kill did.
      if (packet.hasStoreFailure()) {
        assertThat(packet.getStoreFailure().getFailure().getKind())
            .isEqualTo(FailureKind.OBJECT_UNREACHABLE);
        assertThat(packet.getStoreFailure().getFailure().getMessage()).contains("node 1: ");
        assertThat(reader.usage().usedBytes()).isZero();
      } else {
        assertThat(packet.hasObjectAvailable()).isTrue();
      }
      assertThat(reader.usage().pulls()).isZero();
    }
  }

  private TestNode reader() throws Exception {
    return new TestNode(new StoreDirectory(folder), 2, SIZE_BYTES + (1L << 20), TestNode.TOKEN);
  }

  private static void awaitFirstMebibyte(TestNode reader) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> reader.heapByte(1 << 20) != 0);
  }
}
