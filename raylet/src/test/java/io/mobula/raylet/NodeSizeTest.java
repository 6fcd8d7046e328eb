package io.mobula.raylet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.config.HostPort;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.objects.SpillConfig;
import io.mobula.raylet.worker.HeapPolicy;
import io.mobula.store.file.StoreDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class NodeSizeTest {
  private static final long GIB = 1L << 30;
  private static final HostCapacity HOST = new HostCapacity(4, 10 * GIB);

  private final RayletConfig config =
      RayletConfig.embedded(new HostPort("h", 1), ClusterSecret.generate(), Path.of("/session"));

  @Test
  void shouldTakeWhatTheMachineHas() {
    NodeSize size = NodeSize.of(config, HOST, 100 * GIB);
    assertThat(size.storeBytes()).isEqualTo(3 * GIB);
    assertThat(size.total().amount(ResourceSet.CPU)).isEqualTo(40_000);
    assertThat(size.total().amount(ResourceSet.MEMORY)).isEqualTo(7 * GIB * ResourceSet.UNIT);
    assertThat(size.heaps()).isEqualTo(HeapPolicy.of(7 * GIB, 40_000, 512, OptionalLong.empty()));
  }

  @Test
  void shouldTakeWhatIsToldInstead() {
    NodeSize size =
        NodeSize.of(
            config
                .withResources(Optional.of(1.5), Optional.of(GIB), Map.of("gpu", 0.25))
                .withObjectStoreBytes(GIB),
            HOST,
            100 * GIB);
    assertThat(size.total().toString()).isEqualTo("CPU=1.5, gpu=0.25, memory=1GiB");
    assertThat(size.storeBytes()).isEqualTo(GIB);
  }

  @Test
  void shouldMakeStoreSmallerWhenSharedMemoryIsSmall() {
    assertThat(NodeSize.of(config, HOST, 64 << 20).storeBytes())
        .isEqualTo((long) ((64 << 20) * 0.8));
  }

  @Test
  void shouldPutStoreIntoSharedMemoryUnlessToldOtherwise() {
    assertThat(RayletConfig.Store.DEFAULT.place()).isEqualTo(StoreDirectory.preferred());
    RayletConfig.Store elsewhere =
        new RayletConfig.Store(Optional.empty(), Optional.of(Path.of("/memory")), true);
    assertThat(elsewhere.place().path()).isEqualTo(Path.of("/memory"));
  }

  @Test
  void shouldSayWhatToDoWhenStoreThatWasAskedForDoesNotFit() {
    assertThatThrownBy(() -> NodeSize.of(config.withObjectStoreBytes(GIB), HOST, 64 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--shm-size");
  }

  @Test
  void shouldReadEveryKey() throws ConfigurationProblem {
    ClusterSecret secret = ClusterSecret.generate();
    RayletConfig read =
        RayletConfig.of(
            ConfigSource.empty()
                .withFlags(
                    List.of(
                        "raylet.gcs-address=head:6379",
                        "raylet.host=10.0.0.2",
                        "raylet.advertised-host=node2",
                        "raylet.port=7001",
                        "raylet.data-port=7002",
                        "raylet.num-cpus=2",
                        "raylet.memory=1g",
                        "raylet.resources=gpu=1",
                        "raylet.object-store-memory=64MiB",
                        "raylet.object-store-directory=/memory",
                        "raylet.local-copies=false",
                        "raylet.session-directory=/s",
                        "raylet.host-id=other",
                        "raylet.head=true",
                        "raylet.slots-per-worker=3",
                        "raylet.max-workers=5",
                        "raylet.idle-worker-timeout=7s",
                        "raylet.worker-start-timeout=8s",
                        "raylet.worker-heap=128MiB",
                        "raylet.gcs-grace=9s",
                        "raylet.peer-grace=10s",
                        "raylet.spill-directories=/d1,/d2",
                        "raylet.spill-limit=1GiB",
                        "raylet.spill-threshold=0.5",
                        "raylet.spill-batch-bytes=64MiB"))
                .read(RayletConfig.SCHEMA),
            Map.of("MOBULA_TOKEN", secret.hex()));
    assertThat(read)
        .isEqualTo(
            new RayletConfig(
                new HostPort("head", 6379),
                secret,
                new RayletConfig.Addresses("10.0.0.2", Optional.of("node2"), 7001, 7002),
                Optional.of(2.0),
                Optional.of(GIB),
                Map.of("gpu", 1.0),
                new RayletConfig.Store(
                    Optional.of(64L << 20), Optional.of(Path.of("/memory")), false),
                Optional.of(Path.of("/s")),
                Optional.of("other"),
                true,
                new RayletConfig.Workers(
                    3, 5, Duration.ofSeconds(7), Duration.ofSeconds(8), Optional.of(128L << 20)),
                Duration.ofSeconds(9),
                Duration.ofSeconds(10),
                new RayletConfig.Spilling(
                    List.of(Path.of("/d1"), Path.of("/d2")),
                    SpillConfig.DEFAULT.withBounds(0.5, 64L << 20, GIB))));
  }
}
