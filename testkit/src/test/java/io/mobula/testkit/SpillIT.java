package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that have to hold more than their memory. */
final class SpillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MIB = 1 << 20;
  private static final int OBJECT_BYTES = 4 * MIB;

  /** What goes through a store of 64 MiB; a campaign takes 10,240. */
  private static final long CHAIN_MEBIBYTES =
      Integer.getInteger("mobula.campaign.mebibytes", 1_024);

  @TempDir Path folder;

  @Test
  void shouldReadBackTenTimesTheStoreAndLeaveNoFileWhenFreed() {
    try (TestCluster cluster = TestCluster.start(SpillIT.class, node())) {
      try (Session session = Mobula.init(cluster.asDriver())) {
        assertThat(session).isNotNull();
        List<ObjectRef<byte[]>> refs = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
          refs.add(Mobula.put(Volumes.make(i, OBJECT_BYTES)));
        }
        assertThat(spilledBytes()).isGreaterThan(500L * MIB);
        for (int i = 0; i < refs.size(); i++) {
          byte[] read = refs.get(i).get(PATIENCE);
          assertThat(Volumes.hash(read))
              .as("object %d", i)
              .isEqualTo(Volumes.hash(Volumes.make(i, OBJECT_BYTES)));
        }
      }
      Deadline.in(PATIENCE).await("all files are deleted", () -> spilledBytes() == 0);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shouldMoveAGibibyteThroughChainsOfTasksWhenStoreIsSmall() {
    int chains = 8;
    int length = (int) (CHAIN_MEBIBYTES * MIB / chains / OBJECT_BYTES);
    try (TestCluster cluster = TestCluster.start(SpillIT.class, node());
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      List<ObjectRef<byte[]>> ends = new ArrayList<>();
      for (int chain = 0; chain < chains; chain++) {
        ObjectRef<byte[]> ref = Volumes.MAKE.remote(chain, OBJECT_BYTES);
        for (int i = 0; i < length; i++) {
          ref = Volumes.NEXT.remote(ref);
        }
        ends.add(ref);
      }
      for (int chain = 0; chain < chains; chain++) {
        byte[] expected = Volumes.make(chain, OBJECT_BYTES);
        Volumes.change(expected, length);
        assertThat(Volumes.hash(ends.get(chain).get(PATIENCE))).isEqualTo(Volumes.hash(expected));
      }
    }
  }

  @Test
  void shouldRunEveryTaskWhenTheArgumentsOfAFewFillTheStore() {
    int inputs = 12;
    int tasks = 40;
    int sizeBytes = 11 * MIB;
    Random random = new Random(7);
    try (TestCluster cluster = TestCluster.start(SpillIT.class, node("raylet.num-cpus=4"));
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      List<ObjectRef<byte[]>> refs = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        refs.add(Mobula.put(Volumes.make(i, sizeBytes)));
      }
      List<ObjectRef<byte[]>> mixed = new ArrayList<>();
      List<Long> expected = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        int a = random.nextInt(inputs);
        int b = random.nextInt(inputs);
        int c = random.nextInt(inputs);
        mixed.add(Volumes.MIX.remote(refs.get(a), refs.get(b), refs.get(c)));
        expected.add(
            Volumes.hash(
                Volumes.mix(
                    Volumes.make(a, sizeBytes),
                    Volumes.make(b, sizeBytes),
                    Volumes.make(c, sizeBytes))));
      }
      for (int i = 0; i < tasks; i++) {
        assertThat(Volumes.hash(mixed.get(i).get(PATIENCE)))
            .as("task %d", i)
            .isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void shouldHoldUpTheProducerAndStayWithinTheLimitWhenConsumerIsSlower() {
    long limitBytes = 96L * MIB;
    try (TestCluster cluster = TestCluster.start(SpillIT.class, node("raylet.spill-limit=96m"));
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      Deque<ObjectRef<byte[]>> queue = new ArrayDeque<>();
      int produced = 0;
      for (int consumed = 0; consumed < 80; consumed++) {
        // Ten puts to a read, as long as the node could hold them.
        for (int i = 0; i < 10 && queue.size() < 30; i++) {
          queue.add(Mobula.put(Volumes.make(produced++, OBJECT_BYTES)));
        }
        byte[] read = queue.remove().get(PATIENCE);
        assertThat(Volumes.hash(read))
            .isEqualTo(Volumes.hash(Volumes.make(consumed, OBJECT_BYTES)));
        // While a file is compacted its live third is there twice.
        assertThat(spilledBytes()).isLessThanOrEqualTo(limitBytes + 8L * MIB);
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shouldLeaveNoFileWhenRayletIsKilledAndAnotherStarts() {
    try (TestCluster cluster = TestCluster.start(SpillIT.class, node(), node())) {
      TestNode other = cluster.nodes().getLast();
      List<ObjectRef<byte[]>> refs = new ArrayList<>();
      try (Session session = Mobula.init(cluster.asDriver())) {
        assertThat(session).isNotNull();
        for (int i = 0; i < 60; i++) {
          refs.add(Volumes.MAKE.remote(i, OBJECT_BYTES));
        }
        Mobula.wait(refs, refs.size(), PATIENCE);
        Deadline.in(PATIENCE).await("files", () -> spilledBytes() > 0);
        cluster.nodes().forEach(node -> node.process().send(Signal.KILL));
        cluster.nodes().forEach(node -> node.process().awaitExit(PATIENCE));
      }
      cluster.addNode(node());
      assertThat(spilledBytes()).isZero();
      assertThat(other.directory()).doesNotExist();
    }
    assertThat(folder).isEmptyDirectory();
  }

  private List<String> node(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "raylet.num-cpus=2",
                "raylet.object-store-memory=64m",
                "raylet.spill-directories=" + folder));
    settings.addAll(List.of(more));
    return settings;
  }

  private long spilledBytes() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(SpillIT::sizeBytes).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (UncheckedIOException e) {
      // A folder went while it was walked.
      return spilledBytes();
    }
  }

  private static long sizeBytes(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
