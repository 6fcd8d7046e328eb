package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.ObjectUnreachableException;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Volumes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Nodes whose packets come through while their bulk data ports can't be reached, and ports that
 * strangers connect to: what one reader can't reach is lost for nobody.
 */
final class DataPortIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int OBJECT_BYTES = 200_000;
  private static final int STRANGERS = 600;

  private final List<TcpRoute> routes = new ArrayList<>();
  private final List<Socket> strangers = new ArrayList<>();

  @AfterEach
  void closeRoutesAndSockets() throws IOException {
    routes.forEach(TcpRoute::close);
    for (Socket stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void shouldGetAPutObjectWhenItsNodeCanBeReachedAgain() {
    try (TestCluster cluster = start("30s");
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      TcpRoute near = routes.getFirst();
      ObjectRef<byte[]> object = Mobula.put(Volumes.make(1, OBJECT_BYTES));
      near.block();
      ObjectRef<Long> hash = hashAtFar(object);

      Deadline.in(PATIENCE).await("attempts in vain", () -> near.refusedCount() >= 9);
      assertThat(object.get(PATIENCE)).isEqualTo(Volumes.make(1, OBJECT_BYTES));
      near.unblock();

      assertThat(hash.get(PATIENCE)).isEqualTo(Volumes.hash(Volumes.make(1, OBJECT_BYTES)));
    }
  }

  @Test
  void shouldFailAloneAndRetryablyWhenTheNodeCannotBeReachedForLong() {
    try (TestCluster cluster = start("2s");
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      TcpRoute far = routes.getLast();
      ObjectRef<byte[]> made =
          Volumes.MAKE.options(o -> o.resources(atFar())).remote(2, OBJECT_BYTES);
      assertThat(Mobula.wait(List.of(made), 1, PATIENCE).ready()).hasSize(1);
      far.block();

      assertThatThrownBy(() -> made.get(PATIENCE))
          .isInstanceOfSatisfying(
              ObjectUnreachableException.class,
              failure -> assertThat(failure.code().isRetryable()).isTrue())
          .hasMessageContainingAll("tried=[node ", "try again");
      // Nobody else is affected: it is where it was, and was not made again.
      long hash = Volumes.hash(Volumes.make(2, OBJECT_BYTES));
      assertThat(hashAtFar(made).get(PATIENCE)).isEqualTo(hash);
      assertThatThrownBy(() -> made.get(PATIENCE))
          .isInstanceOf(ObjectUnreachableException.class)
          .extracting("code")
          .isEqualTo(ErrorCode.OBJECT_UNREACHABLE);

      far.unblock();
      assertThat(made.get(PATIENCE)).isEqualTo(Volumes.make(2, OBJECT_BYTES));
    }
  }

  @Test
  void shouldGiveATaskBackUntilItsArgumentCanBeReached() {
    try (TestCluster cluster = start("1s");
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      TcpRoute near = routes.getFirst();
      ObjectRef<byte[]> object = Mobula.put(Volumes.make(3, OBJECT_BYTES));
      near.block();
      ObjectRef<Long> late = hashAtFar(object);
      // Two graces take about ten attempts.
      Deadline.in(PATIENCE).await("attempts in vain", () -> near.refusedCount() >= 11);
      near.unblock();
      assertThat(late.get(PATIENCE)).isEqualTo(Volumes.hash(Volumes.make(3, OBJECT_BYTES)));

      near.block();
      ObjectRef<byte[]> other = Mobula.put(Volumes.make(4, OBJECT_BYTES));
      assertThatThrownBy(() -> hashAtFar(other).get(PATIENCE))
          .isInstanceOf(ObjectUnreachableException.class)
          .hasMessageContaining("the task has not run");
      near.unblock();
      assertThat(hashAtFar(other).get(PATIENCE))
          .isEqualTo(Volumes.hash(Volumes.make(4, OBJECT_BYTES)));
    }
  }

  @Test
  void shouldWorkWhenHundredsOfStrangersConnectToEveryPort() throws IOException {
    try (TestCluster cluster = start("30s");
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      List<String> ports = new ArrayList<>(List.of(cluster.address()));
      cluster.nodes().forEach(node -> ports.add(node.rpcAddress()));
      ports.add("127.0.0.2:" + routes.getFirst().port());
      ports.add("127.0.0.4:" + routes.getLast().port());
      for (int i = 0; i < STRANGERS; i++) {
        for (String port : ports) {
          int colon = port.lastIndexOf(':');
          InetAddress host = InetAddress.getAllByName(port.substring(0, colon))[0];
          strangers.add(new Socket(host, Integer.parseInt(port.substring(colon + 1))));
        }
      }
      for (int round = 0; round < 3; round++) {
        byte[] value = Volumes.make(round, OBJECT_BYTES);
        assertThat(hashAtFar(Mobula.put(value)).get(PATIENCE)).isEqualTo(Volumes.hash(value));
        assertThat(
                Volumes.MAKE
                    .options(o -> o.resources(atFar()))
                    .remote(round, OBJECT_BYTES)
                    .get(PATIENCE))
            .isEqualTo(value);
      }
      // One that joins now is let in as well, and reaches the others.
      cluster.addNode(settings("late", "127.0.0.6", "elsewhere-late"));
      byte[] value = Volumes.make(9, OBJECT_BYTES);
      assertThat(
              Volumes.HASH
                  .options(o -> o.resources(Map.of("late", 0.1)))
                  .remote(Mobula.put(value))
                  .get(PATIENCE))
          .isEqualTo(Volumes.hash(value));
    }
  }

  private static ObjectRef<Long> hashAtFar(ObjectRef<byte[]> object) {
    return Volumes.HASH.options(o -> o.resources(atFar())).remote(object);
  }

  private static Map<String, Double> atFar() {
    return Map.of("far", 0.1);
  }

  /** Two nodes that reach each other's data ports by routes, and nothing of each other's memory. */
  private TestCluster start(String grace) {
    return TestCluster.start(
        DataPortIT.class,
        node("near", "127.0.0.2", "127.0.0.3", "here", grace),
        node("far", "127.0.0.4", "127.0.0.5", "elsewhere", grace));
  }

  private List<String> node(
      String place, String host, String advertised, String hostId, String grace) {
    TcpRoute packets = TcpRoute.open(advertised, host);
    TcpRoute objects = TcpRoute.open(advertised, host);
    routes.add(objects);
    List<String> settings = new ArrayList<>(settings(place, host, hostId));
    settings.add("raylet.advertised-host=" + advertised);
    settings.add("raylet.port=" + packets.port());
    settings.add("raylet.data-port=" + objects.port());
    settings.add("raylet.peer-grace=" + grace);
    return settings;
  }

  private static List<String> settings(String place, String host, String hostId) {
    List<String> settings = new ArrayList<>();
    settings.add("raylet.host=" + host);
    settings.add("raylet.num-cpus=2");
    settings.add("raylet.object-store-memory=128m");
    settings.add("raylet.resources=" + place + "=1");
    if (!hostId.equals("here")) {
      settings.add("raylet.host-id=" + hostId);
    }
    return settings;
  }
}
