package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.OwnerDiedException;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.testkit.programs.Keeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A random program that passes references around between a driver and actors on two nodes, one of
 * which is killed: everything that has an owner can be read, and when all is dropped the stores are
 * empty. {@code -Dmobula.ownership.seed=…} plays one again.
 */
@Timeout(120)
final class OwnershipIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int STEPS = 300;
  private static final int OBJECT_BYTES = 200 << 10;
  private static final int HELD_MAX = 40;

  private final long seed =
      Long.getLong("mobula.ownership.seed", ThreadLocalRandom.current().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<ObjectRef<byte[]>> held = new ArrayList<>();
  private final List<ActorHandle<Keeper>> keepers = new ArrayList<>();
  private boolean hasKilled;
  private int made;

  @Test
  void shouldEmptyTheStoresWhenEverythingIsDropped() {
    List<String> node = List.of("raylet.num-cpus=3", "raylet.object-store-memory=256m");
    try (TestCluster cluster = TestCluster.start(OwnershipIT.class, node, node);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      for (int i = 0; i < 4; i++) {
        keepers.add(Mobula.actor(Keeper::new).options(o -> o.numCpus(1)).remote());
      }
      for (int step = 0; step < STEPS; step++) {
        if (step == STEPS / 2) {
          kill();
        }
        act(step);
      }
      Deadline.in(PATIENCE).await("objects in the stores", () -> !isEmpty(cluster));
      held.clear();
      for (ActorHandle<Keeper> keeper : keepers) {
        assertThat(keeper.call(Keeper::drop, Integer.MAX_VALUE).get(PATIENCE)).isZero();
      }
      Deadline.in(PATIENCE).await(() -> "empty stores, seed=" + seed, () -> isEmpty(cluster));
    }
  }

  private void act(int step) {
    ActorHandle<Keeper> keeper = keepers.get(random.nextInt(keepers.size()));
    try {
      switch (random.nextInt(8)) {
        case 0 -> hold(Mobula.put(new byte[OBJECT_BYTES + made++]));
        case 1 -> {
          int sizeBytes = OBJECT_BYTES + made++;
          hold(keeper.call(Keeper::make, made, sizeBytes, random.nextBoolean()).get(PATIENCE));
        }
        case 2 -> assertThat(keeper.call(Keeper::keep, some()).get(PATIENCE)).isNotNegative();
        case 3 -> keeper.call(Keeper::some, 2).get(PATIENCE).forEach(this::hold);
        case 4 -> some().forEach(ref -> hold(keeper.call(Keeper::copy, ref)));
        case 5 -> assertThat(keeper.call(Keeper::drop, 3).get(PATIENCE)).isNotNegative();
        case 6 -> read(keeper);
        default -> {
          if (!held.isEmpty()) {
            held.remove(random.nextInt(held.size()));
          }
        }
      }
    } catch (OwnerDiedException | ObjectLostException | TaskException | ActorDiedException e) {
      if (!hasKilled) {
        throw new AssertionError("lost without a death: seed=" + seed + ", step=" + step, e);
      }
    }
  }

  private void read(ActorHandle<Keeper> keeper) {
    for (ObjectRef<byte[]> ref : some()) {
      assertThat(ref.get(PATIENCE)).hasSizeGreaterThanOrEqualTo(OBJECT_BYTES);
    }
    int sizeBytes = keeper.call(Keeper::read).get(PATIENCE);
    assertThat(sizeBytes == -1 || sizeBytes >= OBJECT_BYTES).isTrue();
  }

  /** Kills the process of an actor: what it owns is lost, and nothing else. */
  private void kill() {
    ActorHandle<Keeper> victim = keepers.removeFirst();
    assertThat(Signal.KILL.sendTo(victim.call(Keeper::pid).get(PATIENCE))).isTrue();
    hasKilled = true;
  }

  private boolean isEmpty(TestCluster cluster) {
    System.gc();
    keepers.forEach(keeper -> keeper.call(Keeper::collect).get(PATIENCE));
    return cluster.nodes().stream().allMatch(node -> cluster.statusOf(node).storeUsedBytes() == 0);
  }

  private void hold(ObjectRef<byte[]> ref) {
    held.add(ref);
    if (held.size() > HELD_MAX) {
      held.remove(random.nextInt(held.size()));
    }
  }

  private List<ObjectRef<byte[]>> some() {
    List<ObjectRef<byte[]>> chosen = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0 && !held.isEmpty(); i--) {
      chosen.add(held.get(random.nextInt(held.size())));
    }
    return chosen;
  }
}
