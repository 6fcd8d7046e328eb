package io.mobula.raylet.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories from a seed: the invariants hold after every step, and everything drains at the
 * end.
 */
final class LeaseTableHistoryTest {
  private static final long RAYLET = ProcessAddress.of(1, 0);
  private static final int STEPS = 1_200;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void shouldKeepResourcesAddedUpWhenAnythingHappens(long seed) {
    Random random = new Random(seed);
    RecordingEffects effects = new RecordingEffects();
    ResourceSet total = resources(8, 4);
    LeaseTable table = new LeaseTable(RAYLET, "here", total, effects);
    List<LeaseRequest> sent = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(200_000_000);
      oneStep(random, table, effects, sent, now);
      table.check();
    }
    drain(table, effects, now);
    assertThat(table.available()).as("seed " + seed).isEqualTo(total);
    assertThat(table.waitingCount()).isZero();
    assertThat(table.heldCount()).isZero();
  }

  private static void oneStep(
      Random random,
      LeaseTable table,
      RecordingEffects effects,
      List<LeaseRequest> sent,
      long now) {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        LeaseRequest request = request(random, sent.size());
        sent.add(request);
        table.request(request, now);
      }
      case 3, 4 -> {
        for (Map.Entry<Long, LeaseRequest> wanted : any(random, effects.slotsWanted)) {
          if (random.nextInt(10) == 0) {
            table.slotFailed(wanted.getKey(), FailureKind.WORKER_START_FAILED, "no", now);
          } else {
            table.slotReady(wanted.getKey(), worker(random));
          }
        }
      }
      case 5 -> {
        for (Map.Entry<Long, LeaseRequest> held : any(random, effects.granted)) {
          table.returned(held.getValue().requester(), held.getKey());
        }
      }
      case 6 -> {
        for (Map.Entry<Long, Long> closing : any(random, effects.closing)) {
          table.closed(closing.getValue(), closing.getKey(), now);
        }
      }
      case 7 -> {
        for (Map.Entry<Long, LeaseRequest> held : any(random, effects.granted)) {
          table.blocked(worker(random), held.getKey(), random.nextBoolean(), now);
        }
      }
      case 8 -> {
        if (random.nextInt(4) == 0) {
          table.processDied(random.nextBoolean() ? worker(random) : ProcessAddress.of(3, 0), now);
        }
      }
      case 9 -> {
        if (!sent.isEmpty()) {
          LeaseRequest old = sent.get(random.nextInt(sent.size()));
          table.cancel(old.requester(), List.of(old.request()), now);
        }
      }
      case 10 -> {
        if (!sent.isEmpty()) {
          table.request(sent.get(random.nextInt(sent.size())), now);
        }
      }
      default ->
          table.clusterChanged(
              List.of(
                  new NodeView(
                      ProcessAddress.of(2, 0),
                      "other",
                      resources(16, 0),
                      resources(random.nextInt(17), 0))),
              now);
    }
  }

  private static void drain(LeaseTable table, RecordingEffects effects, long now) {
    table.processDied(ProcessAddress.of(3, 0), now);
    table.processDied(ProcessAddress.of(4, 0), now);
    for (Map.Entry<Long, Long> closing : List.copyOf(effects.closing.entrySet())) {
      table.closed(closing.getValue(), closing.getKey(), now);
    }
  }

  private static LeaseRequest request(Random random, int number) {
    return new LeaseRequest(
        ProcessAddress.of(3 + random.nextInt(2), 1 + random.nextInt(3)),
        number,
        1,
        resources(random.nextInt(10), random.nextInt(2)),
        random.nextInt(5) == 0 ? LeaseKind.PROCESS : LeaseKind.SHARED,
        random.nextBoolean(),
        "t");
  }

  private static ResourceSet resources(int cpus, int disks) {
    TreeMap<String, Long> amounts = new TreeMap<>();
    amounts.put(ResourceSet.CPU, cpus * ResourceSet.UNIT);
    amounts.put("disk", disks * ResourceSet.UNIT);
    return new ResourceSet(amounts);
  }

  private static long worker(Random random) {
    return ProcessAddress.of(1, 1 + random.nextInt(4));
  }

  /** One entry, or none if there is none. */
  private static <V> List<Map.Entry<Long, V>> any(Random random, Map<Long, V> map) {
    List<Map.Entry<Long, V>> all = List.copyOf(map.entrySet());
    return all.isEmpty() ? all : List.of(all.get(random.nextInt(all.size())));
  }
}
