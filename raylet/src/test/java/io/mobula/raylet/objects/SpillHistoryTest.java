package io.mobula.raylet.objects;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.Packet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a store that has to hold several times its size: every object that is not
 * freed can be read, with the content that was written, as long as the readers let go.
 */
final class SpillHistoryTest {
  private static final int SEEDS = 100;
  private static final int STEPS = 2_000;
  private static final int OBJECTS_MAX = 60;
  private static final int HOLDS_MAX = 4;
  private static final long SIZE_MAX = ObjectTableFixture.CAPACITY_BYTES / 8;

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  private record Asked(ObjectKey key, boolean isCreate) {}

  private final List<Long> processes =
      List.of(
          ProcessAddress.of(ObjectTableFixture.NODE, 1),
          ProcessAddress.of(ObjectTableFixture.NODE, 2));
  private final Map<Long, Asked> asked = new HashMap<>();
  private final Map<ObjectKey, Long> contents = new HashMap<>();
  private final Map<ObjectKey, Long> sizes = new HashMap<>();
  private final List<ObjectKey> live = new ArrayList<>();
  private final List<Map.Entry<ObjectKey, Long>> held = new ArrayList<>();
  private ObjectTableFixture node = new ObjectTableFixture();
  private SpillDouble disk = new SpillDouble(new Random(0), node, new ObjectOracle(0));
  private long lastNumber;

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldKeepEveryObjectAndItsContentWhenStoreHoldsSeveralTimesItsSize(long seed) {
    Random random = new Random(seed);
    node =
        new ObjectTableFixture(
            ObjectTableFixture.CAPACITY_BYTES,
            SpillConfig.DEFAULT.withBounds(0.7, 40_000, Long.MAX_VALUE));
    disk = new SpillDouble(random, node, new ObjectOracle(seed));
    disk.isFailing = false;
    processes.forEach(process -> node.table.clientJoined(process, true));
    for (int step = 0; step < STEPS; step++) {
      step(random);
      take();
      node.store.verify();
    }
    settle();
    for (ObjectKey key : List.copyOf(live)) {
      releaseAll();
      fetch(key, processes.getFirst(), FetchPurpose.GET);
      settle();
    }
    releaseAll();
    List.copyOf(live).forEach(this::free);
    settle();
    assertThat(node.table.usage().usedBytes()).isZero();
    assertThat(node.table.usage().spillFileBytes()).isZero();
    assertThat(disk.isEmpty()).isTrue();
    assertThat(disk.writes).as("spilled").isPositive();
    assertThat(disk.reads).as("restored").isPositive();
    assertThat(node.warnings).isEmpty();
  }

  private void step(Random random) {
    int dice = random.nextInt(100);
    if (dice < 25 && live.size() + asked.size() < OBJECTS_MAX) {
      create(random);
    } else if (dice < 50 && !live.isEmpty() && held.size() + asked.size() < HOLDS_MAX) {
      FetchPurpose purpose = random.nextBoolean() ? FetchPurpose.GET : FetchPurpose.TASK_ARGUMENT;
      fetch(pick(random, live), pick(random, processes), purpose);
    } else if (dice < 70 && !held.isEmpty()) {
      release(held.remove(random.nextInt(held.size())));
    } else if (dice < 78 && live.size() > OBJECTS_MAX / 2) {
      ObjectKey key = pick(random, live);
      if (asked.values().stream().noneMatch(each -> each.key.equals(key))) {
        free(key);
      }
    } else if (dice < 80) {
      node.advance(Duration.ofMillis(60));
    } else {
      disk.endOne();
    }
  }

  private void create(Random random) {
    long owner = pick(random, processes);
    ObjectKey key = new ObjectKey(owner, ++lastNumber);
    long sizeBytes = random.nextLong(SIZE_MAX);
    sizes.put(key, sizeBytes);
    asked.put(lastNumber, new Asked(key, true));
    node.table.create(owner, lastNumber, key, sizeBytes, node.now);
  }

  private void fetch(ObjectKey key, long process, FetchPurpose purpose) {
    asked.put(++lastNumber, new Asked(key, false));
    long size = sizes.getOrDefault(key, 0L);
    node.table.fetch(
        process,
        lastNumber,
        ObjectTableFixture.stored(key, size, ObjectTableFixture.NODE),
        purpose,
        node.now);
  }

  private void release(Map.Entry<ObjectKey, Long> hold) {
    node.table.release(hold.getValue(), hold.getKey(), node.now);
  }

  private void releaseAll() {
    held.forEach(this::release);
    held.clear();
    take();
  }

  private void free(ObjectKey key) {
    live.remove(key);
    node.table.free(List.of(key), node.now);
  }

  /** Until nothing is under way: all that was asked is answered then. */
  private void settle() {
    take();
    for (int round = 0; round < 1_000 && (disk.isBusy() || !asked.isEmpty()); round++) {
      releaseAll();
      disk.endOne();
      node.advance(Duration.ofMillis(60));
      take();
    }
    assertThat(asked).isEmpty();
    assertThat(disk.isBusy()).isFalse();
  }

  private void take() {
    for (List<ObjectEffect> effects = node.effects();
        !effects.isEmpty();
        effects = node.effects()) {
      for (ObjectEffect effect : effects) {
        if (effect instanceof ObjectEffect.Send(long to, Packet packet)) {
          onPacket(to, packet);
        } else {
          disk.begin(effect);
        }
      }
    }
  }

  private void onPacket(long to, Packet packet) {
    assertThat(packet.hasLocationRemoved() || packet.hasLocationAdded()).isFalse();
    Asked question = requireNonNull(asked.remove(packet.getCorrelation()));
    ObjectKey key = question.key;
    if (packet.hasObjectCreated()) {
      contents.put(key, packet.getCorrelation());
      disk.memory.put(packet.getObjectCreated().getOffset(), packet.getCorrelation());
      node.table.seal(to, key, node.now);
      live.add(key);
    } else {
      assertThat(packet.hasObjectAvailable()).as("answer: %s", packet).isTrue();
      held.add(Map.entry(key, to));
      long offset = packet.getObjectAvailable().getOffset();
      if (sizes.getOrDefault(key, 0L) > 0) {
        assertThat(disk.memory.get(offset)).as("content").isEqualTo(contents.get(key));
      }
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
