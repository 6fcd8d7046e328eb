package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Blocks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many times more data than the stores hold, made by tasks, mixed by tasks and checked by tasks on
 * three nodes, while workers are killed, and one raylet: every byte must be right, and nothing
 * left.
 *
 * <p>The campaign is the same with more data: {@code mvn verify -pl testkit -am
 * -Dit.test=StoreCampaignIT -Dmobula.campaign.mebibytes=20480 -Dmobula.campaign.store=341m}.
 */
final class StoreCampaignIT {
  private static final int MEBIBYTES = Integer.getInteger("mobula.campaign.mebibytes", 640);
  private static final String STORE = System.getProperty("mobula.campaign.store", "64m");
  private static final long SEED = Long.getLong("mobula.campaign.seed", 20261124L);
  private static final int KIBIBYTES = Integer.getInteger("mobula.campaign.kibibytes", 2048);
  private static final int LONGS_MIN = KIBIBYTES << 7;
  private static final int LONGS_MAX = 3 * LONGS_MIN;
  private static final int OPEN_MAX = 10;
  private static final int KILL_EVERY = 12;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=" + STORE);

  private final Random random = new Random(SEED);

  @Test
  @Timeout(3600)
  void shouldMoveMoreThanTheStoresHoldWhileProcessesAreKilled() {
    try (TestCluster cluster = TestCluster.start(StoreCampaignIT.class, NODE, NODE, NODE);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      long left = ((long) MEBIBYTES << 20) / Long.BYTES;
      long half = left / 2;
      int checks = 0;
      int kills = 0;
      Deque<ObjectRef<Boolean>> open = new ArrayDeque<>();
      while (left > 0) {
        int length = LONGS_MIN + random.nextInt(LONGS_MAX - LONGS_MIN);
        open.addLast(mixAndCheck(length));
        left -= 3L * length;
        if (open.size() > OPEN_MAX) {
          assertThat(open.removeFirst().get(PATIENCE)).as("every number, seed=" + SEED).isTrue();
          if (++checks % KILL_EVERY == 0 && killWorker(cluster)) {
            kills++;
          }
        }
        if (half > 0 && left < half) {
          half = 0;
          cluster.nodes().getLast().process().send(Signal.KILL);
        }
      }
      for (ObjectRef<Boolean> check : open) {
        assertThat(check.get(PATIENCE)).as("every number, seed=" + SEED).isTrue();
        checks++;
      }
      open.clear();
      System.out.println("checked " + checks + " blocks, killed " + kills + " workers, 1 raylet");
      assertThat(kills).isPositive();
      Deadline.in(PATIENCE)
          .await(
              () -> "empty stores: " + cluster.status(),
              () -> {
                System.gc();
                return cluster.status().nodes().stream()
                    .allMatch(node -> !node.isAlive() || node.storeUsedBytes() == 0);
              });
    }
  }

  private ObjectRef<Boolean> mixAndCheck(int length) {
    long seed = random.nextLong();
    long otherSeed = random.nextLong();
    ObjectRef<long[]> one = Blocks.MAKE.remote(seed, length);
    ObjectRef<long[]> other = Blocks.MAKE.remote(otherSeed, length);
    return Blocks.IS_MIX.remote(Blocks.MIX.remote(one, other), seed, otherSeed);
  }

  private boolean killWorker(TestCluster cluster) {
    List<ProcessHandle> workers = new ArrayList<>();
    cluster.nodes().stream()
        .filter(node -> node.process().isAlive())
        .forEach(node -> workers.addAll(node.workers()));
    return !workers.isEmpty()
        && Signal.KILL.sendTo(workers.get(random.nextInt(workers.size())).pid());
  }
}
