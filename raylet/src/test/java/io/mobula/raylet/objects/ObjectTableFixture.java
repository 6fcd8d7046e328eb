package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.raylet.transfer.DataConfig;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.StoreTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An object table with virtual time, which populates at once unless told otherwise. */
final class ObjectTableFixture {
  static final int NODE = 1;
  static final long SELF = ProcessAddress.of(NODE, 0);
  static final long CAPACITY_BYTES = 64 * 4096;
  static final long PART_BYTES = 8_000;
  static final long FULL_TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

  /** A limit that nothing fits. */
  static final SpillConfig NO_SPILLING = SpillConfig.DEFAULT.withBounds(1, 1 << 20, 0);

  final StoreTable store;
  final NodeObjectTable table;
  boolean isPopulating = true;
  long now = 1_000_000;

  final List<String> warnings = new ArrayList<>();

  /** Words to processes that they let go of arguments. */
  final List<ObjectEffect.Send> yields = new ArrayList<>();

  /** All that was not populated or taken yet. */
  final List<ObjectEffect> effects = new ArrayList<>();

  ObjectTableFixture() {
    this(CAPACITY_BYTES);
  }

  ObjectTableFixture(long bytesInFlightMax) {
    this(bytesInFlightMax, NO_SPILLING);
  }

  ObjectTableFixture(long bytesInFlightMax, SpillConfig spill) {
    this(CAPACITY_BYTES, bytesInFlightMax, spill);
  }

  ObjectTableFixture(long capacityBytes, long bytesInFlightMax, SpillConfig spill) {
    store = new StoreTable(StoreLayout.ofCapacity(capacityBytes));
    ObjectConfig config =
        new ObjectConfig(
            Duration.ofNanos(FULL_TIMEOUT_NANOS),
            Duration.ofSeconds(1),
            1 << 10,
            new PullConfig(
                bytesInFlightMax,
                PART_BYTES,
                2,
                2,
                2,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofSeconds(2)),
            DataConfig.DEFAULT,
            spill,
            0);
    table = new NodeObjectTable(SELF, config, store, now);
  }

  /** Takes the effects of now, after populating what is to be populated. */
  List<ObjectEffect> effects() {
    settle();
    List<ObjectEffect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /** Takes the effects of now, of which packets are expected alone. */
  List<Packet> packets() {
    return effects().stream().map(effect -> ((ObjectEffect.Send) effect).packet()).toList();
  }

  void settle() {
    List<ObjectEffect> taken = table.takeEffects();
    while (!taken.isEmpty()) {
      for (ObjectEffect effect : taken) {
        if (isPopulating && effect instanceof ObjectEffect.Populate populate) {
          table.populated(PopulateResult.complete(populate.extent()), now);
        } else if (effect instanceof ObjectEffect.Warn(String message)) {
          warnings.add(message);
        } else if (effect instanceof ObjectEffect.Send send && send.packet().hasYieldArguments()) {
          yields.add(send);
        } else {
          effects.add(effect);
        }
      }
      taken = table.takeEffects();
    }
  }

  void advance(Duration time) {
    now += time.toNanos();
    table.onTime(now);
  }

  void put(long client, ObjectKey key, long sizeBytes) {
    table.create(client, 1, key, sizeBytes, now);
    settle();
    table.seal(client, key, now);
  }

  /** A part that came from a whole copy, which is always the same. */
  static PullOutcome complete() {
    return new PullOutcome.Complete(SourceReport.whole(7, List.of()));
  }

  static StoredObject stored(ObjectKey key, long sizeBytes, int... nodes) {
    StoredObject.Builder object =
        StoredObject.newBuilder().setId(key.toProto()).setSizeBytes(sizeBytes);
    for (int node : nodes) {
      object.addLocations(ProcessAddress.of(node, 0));
    }
    return object.build();
  }
}
