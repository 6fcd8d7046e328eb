package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Volumes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Objects on their way between the stores of real nodes. */
final class TransferIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;
  private static final int SIZE_BYTES = 96 * MIB + 12_345;

  @Test
  void shouldBringARightCopyToEveryNodeWhenASourceIsKilledMeanwhile() {
    long hash = Volumes.hash(Volumes.make(5, SIZE_BYTES));
    try (TestCluster cluster =
            TestCluster.start(
                TransferIT.class, node("a"), node("b"), otherHost("c"), otherHost("d"));
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ObjectRef<byte[]> object = Mobula.put(Volumes.make(5, SIZE_BYTES));
      assertThat(hashAt("b", object).get(PATIENCE)).isEqualTo(hash);

      List<ObjectRef<Long>> far = List.of(hashAt("c", object), hashAt("d", object));
      cluster.nodes().get(1).process().send(Signal.KILL);

      for (ObjectRef<Long> there : far) {
        assertThat(there.get(PATIENCE)).isEqualTo(hash);
      }
    }
  }

  @Test
  void shouldMakeRoomWhenAnOwnerOnAnotherNodeHasDroppedItsReferences() {
    List<String> full = new ArrayList<>(node("b"));
    full.add("raylet.spill-limit=0");
    try (TestCluster cluster = TestCluster.start(TransferIT.class, node("a"), full);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      for (int i = 0; i < 12; i++) {
        ObjectRef<byte[]> made =
            Volumes.MAKE.options(o -> o.resources(at("b"))).remote(i, 60 * MIB);
        // Nobody collects the references that the rounds before have dropped, but when asked.
        assertThat(Mobula.wait(List.of(made), 1, PATIENCE).ready()).as("round %d", i).hasSize(1);
        assertThat(sizeAt("b", made).get(PATIENCE)).isEqualTo(60 * MIB);
      }
    }
  }

  private static ObjectRef<Long> hashAt(String place, ObjectRef<byte[]> object) {
    return Volumes.HASH.options(o -> o.resources(at(place))).remote(object);
  }

  private static ObjectRef<Integer> sizeAt(String place, ObjectRef<byte[]> object) {
    return Volumes.SIZE.options(o -> o.resources(at(place))).remote(object);
  }

  private static Map<String, Double> at(String place) {
    return Map.of(place, 1.0);
  }

  private static List<String> node(String place) {
    return List.of(
        "raylet.num-cpus=1", "raylet.object-store-memory=256m", "raylet.resources=" + place + "=1");
  }

  /** A node that reaches the others' data by the network alone. */
  private static List<String> otherHost(String place) {
    List<String> settings = new ArrayList<>(node(place));
    settings.add("raylet.host-id=elsewhere-" + place);
    return settings;
  }
}
