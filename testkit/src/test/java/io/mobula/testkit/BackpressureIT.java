package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Conveyor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that is faster than its consumer waits when the store and its part of the disk are
 * full, for as long as it goes on: {@code -Dmobula.campaign.seconds=600}.
 */
@Timeout(1_200)
final class BackpressureIT {
  private static final int SECONDS = Integer.getInteger("mobula.campaign.seconds", 6);
  private static final Duration PATIENCE = Duration.ofSeconds(SECONDS + 90L);
  private static final int MIB = 1 << 20;
  private static final int OBJECT_BYTES = 4 * MIB;

  /** What each process may grow by between a third of the time and the end. */
  private static final long GROWTH_BYTES_MAX = 160L * MIB;

  @TempDir Path folder;

  @Test
  void shouldHoldUpTheProducerWithFlatMemoryWhenTheConsumerIsSlower() {
    List<String> settings =
        List.of(
            "raylet.num-cpus=2",
            "raylet.object-store-memory=64m",
            "raylet.worker-heap=128m",
            "raylet.spill-directories=" + folder,
            "raylet.spill-limit=96m");
    try (TestCluster cluster = TestCluster.start(BackpressureIT.class, settings);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ActorHandle<Conveyor.Consumer> consumer = Mobula.actor(Conveyor.Consumer::new).remote();
      ObjectRef<Integer> produced = Conveyor.PRODUCE.remote(consumer, OBJECT_BYTES, SECONDS);
      long early = 0;
      long largest = 0;
      for (int i = 0; Mobula.wait(List.of(produced), 1, sample()).ready().isEmpty(); i++) {
        // A file that is compacted, and what a reader needs, may exceed the limit for a while.
        assertThat(spilledBytes()).isLessThanOrEqualTo(112L * MIB);
        long now = ownBytes(cluster);
        early = i <= 10 ? Math.max(early, now) : early;
        largest = Math.max(largest, now);
      }
      int count = produced.get(PATIENCE);
      // What the producer has left in the store and on disk is still to be taken.
      Deadline.in(PATIENCE)
          .await(
              () -> "all objects taken: produced=" + count,
              () -> consumer.call(Conveyor.Consumer::taken).get(PATIENCE) == count);
      assertThat(count * (long) OBJECT_BYTES)
          .as("more than the store and the disk hold")
          .isGreaterThan(160L * MIB);
      assertThat(largest - early).as("growth since the first third").isLessThan(GROWTH_BYTES_MAX);
      System.out.printf(
          "produced %d objects, %d MiB; largest sum of processes %d MiB, in the first third %d"
              + " MiB%n",
          count, count * (OBJECT_BYTES / MIB), largest / MIB, early / MIB);
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static Duration sample() {
    return Duration.ofMillis(SECONDS * 1000L / 30);
  }

  /** What the raylet and its workers have of their own, without the store. */
  private static long ownBytes(TestCluster cluster) {
    TestNode node = cluster.nodes().getFirst();
    return Stream.concat(
            Stream.of(node.process().pid()), node.workers().stream().map(ProcessHandle::pid))
        .mapToLong(BackpressureIT::anonymousBytes)
        .sum();
  }

  private static long anonymousBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .sum();
    } catch (IOException | UncheckedIOException e) {
      // It has ended.
      return 0;
    }
  }

  private long spilledBytes() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(BackpressureIT::sizeBytes).sum();
    } catch (IOException | UncheckedIOException e) {
      // A folder went while it was walked.
      return spilledBytes();
    }
  }

  private static long sizeBytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      // Deleted meanwhile.
      return 0;
    }
  }
}
