package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ActorHandle;
import io.mobula.api.ActorUnavailableException;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Keeper;
import io.mobula.testkit.programs.Tally;
import io.mobula.testkit.programs.Volumes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes whose connections to each other are cut again and again while both live: nobody may
 * notice.
 */
final class BrokenLinkIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int ROUNDS = 12;
  private static final int CALLS = 200;
  private static final int OBJECT_BYTES = 200_000;

  private final List<TcpRoute> routes = new ArrayList<>();

  @AfterEach
  void closeRoutes() {
    routes.forEach(TcpRoute::close);
  }

  @Test
  void shouldLoseNothingAndRunNothingTwiceWhenTheLinkBreaks() {
    try (TestCluster cluster =
            TestCluster.start(
                BrokenLinkIT.class,
                node("near", "127.0.0.2", "127.0.0.3"),
                otherHost("far", "127.0.0.4", "127.0.0.5"));
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ActorHandle<Tally> tally =
          Mobula.actor(Tally::new).options(o -> o.resources(Map.of("far", 0.1))).remote();
      ActorHandle<Keeper> keeper =
          Mobula.actor(Keeper::new).options(o -> o.resources(Map.of("far", 0.1))).remote();
      assertThat(tally.call(Tally::count).get(PATIENCE)).isOne();

      int cuts = 0;
      for (int round = 0; round < ROUNDS; round++) {
        List<ObjectRef<Integer>> counts = calls(tally);
        ObjectRef<byte[]> mine = Mobula.put(Volumes.make(round, OBJECT_BYTES));
        ObjectRef<Integer> kept = keeper.call(Keeper::keep, List.of(mine));
        ObjectRef<ObjectRef<byte[]>> theirs = keeper.call(Keeper::make, round, OBJECT_BYTES, false);
        ObjectRef<Long> hash =
            Volumes.HASH.options(o -> o.resources(Map.of("far", 0.1))).remote(mine);
        cuts += routes.stream().mapToInt(TcpRoute::cut).sum();
        counts.addAll(calls(tally));
        cuts += routes.stream().mapToInt(TcpRoute::cut).sum();

        int first = 2 + round * 2 * CALLS;
        assertThat(Mobula.get(counts, PATIENCE))
            .as("each call once and in order, round %d", round)
            .isEqualTo(IntStream.range(first, first + 2 * CALLS).boxed().toList());
        assertThat(kept.get(PATIENCE)).isEqualTo(round + 1);
        assertThat(hash.get(PATIENCE)).isEqualTo(Volumes.hash(Volumes.make(round, OBJECT_BYTES)));
        assertThat(theirs.get(PATIENCE).get(PATIENCE)).isEqualTo(Volumes.make(round, OBJECT_BYTES));
      }
      assertThat(cuts).as("connections cut").isGreaterThan(ROUNDS);

      // What the keeper alone still refers to was not freed meanwhile.
      System.gc();
      assertThat(keeper.call(Keeper::read).get(PATIENCE)).isEqualTo(OBJECT_BYTES);
      assertThat(keeper.call(Keeper::drop, ROUNDS).get(PATIENCE)).isZero();
      Deadline.in(PATIENCE)
          .await(
              "empty stores",
              () -> {
                System.gc();
                keeper.call(Keeper::collect).get(PATIENCE);
                return cluster.status().nodes().stream().allMatch(n -> n.storeUsedBytes() == 0);
              });
    }
  }

  @Test
  void shouldFailWaitingCallsAndGoOnAfterwardsWhenTheOtherNodeIsOutOfReachForLong() {
    List<String> near = new ArrayList<>(node("near", "127.0.0.2", "127.0.0.3"));
    List<String> far = new ArrayList<>(otherHost("far", "127.0.0.4", "127.0.0.5"));
    near.add("raylet.peer-grace=1s");
    far.add("raylet.peer-grace=1s");
    try (TestCluster cluster = TestCluster.start(BrokenLinkIT.class, near, far);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ActorHandle<Tally> tally =
          Mobula.actor(Tally::new).options(o -> o.resources(Map.of("far", 0.1))).remote();
      assertThat(tally.call(Tally::count).get(PATIENCE)).isOne();
      ObjectRef<byte[]> far1 =
          Volumes.MAKE.options(o -> o.resources(Map.of("far", 0.1))).remote(1, OBJECT_BYTES);
      assertThat(Mobula.wait(List.of(far1), 1, PATIENCE).ready()).hasSize(1);

      routes.forEach(TcpRoute::block);
      ObjectRef<Integer> waiting = tally.call(Tally::count);
      assertThatThrownBy(() -> waiting.get(PATIENCE))
          .isInstanceOf(ActorUnavailableException.class)
          .hasMessageContaining("can't be reached");

      routes.forEach(TcpRoute::unblock);
      assertThat(tally.call(Tally::count).get(PATIENCE)).isBetween(2, 3);
      assertThat(far1.get(PATIENCE)).isEqualTo(Volumes.make(1, OBJECT_BYTES));
      ObjectRef<byte[]> again =
          Volumes.MAKE.options(o -> o.resources(Map.of("far", 0.1))).remote(2, OBJECT_BYTES);
      assertThat(again.get(PATIENCE)).isEqualTo(Volumes.make(2, OBJECT_BYTES));
    }
  }

  private static List<ObjectRef<Integer>> calls(ActorHandle<Tally> tally) {
    List<ObjectRef<Integer>> counts = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      counts.add(tally.call(Tally::count));
    }
    return counts;
  }

  /** A node at an address of its own, which others reach by routes that can be cut. */
  private List<String> node(String place, String host, String advertised) {
    TcpRoute packets = TcpRoute.open(advertised, host);
    TcpRoute objects = TcpRoute.open(advertised, host);
    routes.add(packets);
    routes.add(objects);
    return List.of(
        "raylet.host=" + host,
        "raylet.advertised-host=" + advertised,
        "raylet.port=" + packets.port(),
        "raylet.data-port=" + objects.port(),
        "raylet.num-cpus=2",
        "raylet.object-store-memory=128m",
        "raylet.resources=" + place + "=1");
  }

  /** One that reaches the other by the network alone. */
  private List<String> otherHost(String place, String host, String advertised) {
    List<String> settings = new ArrayList<>(node(place, host, advertised));
    settings.add("raylet.host-id=elsewhere");
    return settings;
  }
}
