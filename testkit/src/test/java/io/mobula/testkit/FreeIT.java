package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.driver.MemoryQuestion;
import io.mobula.testkit.programs.Stages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that nobody needs any more leave the stores of all nodes. */
final class FreeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What freeing may take where the machine is busy with something else ... */
  private static final Duration FREED_MAX = Duration.ofSeconds(4);

  /** ... and what it takes at best. */
  private static final Duration FREED_SOON = Duration.ofSeconds(1);

  private static final int ROUNDS = 3;

  private static final List<String> HEAD =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=128m");
  private static final List<String> OTHER =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=128m", "raylet.resources=x=1");

  @TempDir Path folder;

  @Test
  void shouldEmptyEveryStoreWhenTheProgramDropsItsReferences() {
    try (TestCluster cluster = TestCluster.start(FreeIT.class, HEAD, OTHER);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      long bestNanos = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        List<ObjectRef<byte[]>> refs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          refs.add(make(i));
          refs.add(Mobula.put(Stages.bytes(i)));
        }
        Mobula.get(refs, PATIENCE);
        assertThat(usedBytes(cluster)).isGreaterThanOrEqualTo(10L * Stages.SIZE_BYTES);

        long droppedNanos = System.nanoTime();
        refs.clear();
        System.gc();
        Deadline.in(FREED_MAX).await("the stores are empty", () -> usedBytes(cluster) == 0);
        bestNanos = Math.min(bestNanos, System.nanoTime() - droppedNanos);
      }
      assertThat(Duration.ofNanos(bestNanos)).isLessThan(FREED_SOON);
    }
  }

  /** What the nodes say when they are asked: heartbeats are a second old. */
  private static long usedBytes(TestCluster cluster) {
    return new MemoryQuestion(cluster.address(), cluster.secret(), PATIENCE)
        .ask(1)
        .totals()
        .usedBytes();
  }

  @Test
  void shouldFreeEverywhereWhenTheProgramSaysSo() {
    try (TestCluster cluster = TestCluster.start(FreeIT.class, HEAD, OTHER);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ObjectRef<byte[]> made = make(1);
      ObjectRef<byte[]> put = Mobula.put(Stages.bytes(2));
      assertThat(made.get(PATIENCE)).isEqualTo(Stages.bytes(1));
      Integer hash = Stages.HASH.options(o -> o.resources(Map.of("x", 1.0))).remote(put).get();
      assertThat(hash).isNotNull();
      awaitUsed(cluster, PATIENCE, 2L * Stages.SIZE_BYTES, Long.MAX_VALUE);

      List.of(made, put).forEach(ObjectRef::free);

      awaitUsed(cluster, FREED_MAX, 0, 0);
      for (ObjectRef<byte[]> freed : List.of(made, put)) {
        freed.free();
        ObjectLostException loss =
            catchThrowableOfType(ObjectLostException.class, () -> freed.get(PATIENCE));
        assertThat(loss).hasMessageContainingAll("freed by free()", freed.id());
        assertThat(loss.reason()).isEqualTo(ObjectLostException.Reason.FREED);
      }
      assertThat(
              catchThrowableOfType(
                      ObjectLostException.class, () -> Stages.HASH.remote(put).get(PATIENCE))
                  .reason())
          .isEqualTo(ObjectLostException.Reason.FREED);
      assertThat(Stages.runs(folder, "make")).isEqualTo(1);
    }
  }

  private ObjectRef<byte[]> make(long seed) {
    return Stages.MAKE.options(o -> o.resources(Map.of("x", 1.0))).remote(seed, folder.toString());
  }

  private static void awaitUsed(
      TestCluster cluster, Duration patience, long minBytes, long maxBytes) {
    Deadline.in(patience)
        .await(
            () -> "used between " + minBytes + " and " + maxBytes + ": " + cluster.status().nodes(),
            () ->
                cluster.status().nodes().stream()
                    .allMatch(node ->
                        node.storeUsedBytes() >= minBytes && node.storeUsedBytes() <= maxBytes));
  }
}
