package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.lease.ResourceSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories from a seed: no lease is in two places, and every process ends at the end. */
final class WorkerPoolHistoryTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<LeaseKind> KINDS = List.of(LeaseKind.values());
  private static final long GIB = 1L << 30;
  private static final HeapPolicy HEAPS =
      new HeapPolicy(GIB, 4 * ResourceSet.UNIT, 512, OptionalLong.empty());
  private static final int STEPS = 1_000;

  private final RecordingWorkerEffects effects = new RecordingWorkerEffects();
  private final AtomicInteger numbers = new AtomicInteger();
  private final WorkerPool pool =
      new WorkerPool(
          new WorkerLimits(3, 2, 8, 20 * SECOND, 5 * SECOND, 2 * SECOND, HEAPS),
          numbers::incrementAndGet,
          effects);
  private final Set<Integer> linked = new HashSet<>();
  private final Set<Integer> running = new HashSet<>();
  private final List<Long> leases = new ArrayList<>();
  private long nextLease = 1;
  private long now;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void shouldKeepEveryLeaseInOnePlaceWhenAnythingHappens(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(300_000_000);
      pool.onTime(now);
      oneStep(random);
      settle();
      pool.check();
    }
    pool.close("end", now);
    settle();
    now += 3 * SECOND;
    pool.onTime(now);
    settle();
    for (int number : List.copyOf(running)) {
      pool.exited(number, "exit code 137", now);
    }
    pool.check();
    assertThat(pool.workerCount()).as("seed " + seed).isZero();
  }

  private void oneStep(Random random) {
    int job = 1 + random.nextInt(3);
    switch (random.nextInt(13)) {
      case 0, 1, 2 -> {
        LeaseKind kind = KINDS.get(random.nextInt(KINDS.size()));
        leases.add(nextLease);
        ResourceSet resources =
            ResourceSet.of(
                random.nextBoolean() ? ResourceSet.MEMORY : ResourceSet.CPU,
                random.nextInt(3) * (ResourceSet.UNIT << 28));
        pool.wantSlot(
            nextLease, new LeaseRequest(1, nextLease, job, resources, kind, false, "t"), now);
        nextLease++;
      }
      case 3, 4 -> {
        if (!leases.isEmpty()) {
          pool.releaseSlot(leases.remove(random.nextInt(leases.size())), now);
        }
      }
      case 5, 6 -> {
        for (int number : List.copyOf(running)) {
          if (!linked.contains(number) && pool.registered(number, number, now)) {
            linked.add(number);
          }
        }
      }
      case 7 -> {
        for (int number : one(random, running)) {
          running.remove(number);
          pool.exited(number, "exit code 1", now);
        }
      }
      case 8 -> {
        for (int number : one(random, linked)) {
          linked.remove(number);
          pool.linkClosed(number, "broke", now);
        }
      }
      case 9 -> pool.jobStarted(job, random.nextBoolean(), now);
      case 10 -> {
        for (int number : one(random, running)) {
          pool.endWorker(number, "told to", now);
        }
      }
      case 11 -> {
        effects.questions.forEach((number, question) ->
            pool.retirementAnswered(number, question, random.nextBoolean(), "owner", now));
        if (random.nextBoolean()) {
          effects.questions.clear();
        }
      }
      default -> {
        if (random.nextInt(10) == 0) {
          pool.jobEnded(job, "over", now);
        }
      }
    }
  }

  private void settle() {
    for (int job : List.copyOf(effects.preparing)) {
      effects.preparing.remove();
      pool.classPathReady(job, now);
    }
    running.addAll(effects.launched.keySet());
    effects.launched.clear();
    effects.killed.removeIf(number -> {
      running.remove(number);
      pool.exited(number, "exit code 137", now);
      return true;
    });
    leases.removeAll(effects.failed.keySet());
    effects.failed.clear();
    effects.placed.clear();
    effects.log.clear();
    effects.deaths.forEach(death -> linked.remove(death.number()));
    effects.deaths.clear();
  }

  /** One of them, or none if there is none. */
  private static List<Integer> one(Random random, Set<Integer> set) {
    List<Integer> all = List.copyOf(set);
    return all.isEmpty() ? all : List.of(all.get(random.nextInt(all.size())));
  }
}
