package io.mobula.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.gcs.packages.PackageLimits;
import io.mobula.gcs.state.StateLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GcsConfigTest {
  private final ClusterSecret secret = ClusterSecret.generate();

  @Test
  void shouldHaveTheDocumentedDefaultsWhenOnlyTheSessionIsGiven() throws ConfigurationProblem {
    assertThat(read("gcs.session-directory=/s"))
        .isEqualTo(
            new GcsConfig(
                "127.0.0.1",
                6379,
                "",
                Path.of("/s"),
                secret,
                GcsTimings.DEFAULT,
                StateLimits.DEFAULT,
                PackageLimits.DEFAULT,
                10_000));
  }

  @Test
  void shouldReadEveryKeyWhenSet() throws ConfigurationProblem {
    GcsConfig config =
        read(
            "gcs.session-directory=/s",
            "gcs.listen-host=0.0.0.0",
            "gcs.port=0",
            "gcs.advertise-host=head",
            "gcs.token-file=/t",
            "gcs.heartbeat-timeout=3s",
            "gcs.redial-grace=200ms",
            "gcs.update-interval=20ms",
            "gcs.history-count=7",
            "gcs.actor-count-max=8",
            "gcs.kv-size-max=9k",
            "gcs.package-size-max=1m",
            "gcs.package-cache-size=2m");
    assertThat(config.advertiseHost()).isEqualTo("head");
    assertThat(config.timings().heartbeatTimeout()).hasSeconds(3);
    assertThat(config.timings().redialGrace()).hasMillis(200);
    assertThat(config.timings().updateInterval()).hasMillis(20);
    assertThat(config.stateLimits()).isEqualTo(new StateLimits(7, 8, 3, 9 << 10));
    assertThat(config.packageLimits().packageBytesMax()).isEqualTo(1 << 20);
    assertThat(config.packageLimits().cacheBytesMax()).isEqualTo(2 << 20);
    assertThat(GcsConfig.SCHEMA.keys()).hasSize(13);
    assertThat(config.toString()).doesNotContain(secret.hex());
  }

  @Test
  void shouldSayWhatToSetWhenThereIsNoSecret() {
    assertThatThrownBy(() ->
            GcsConfig.of(
                ConfigSource.empty()
                    .withFlags(List.of("gcs.session-directory=/nowhere"))
                    .read(GcsConfig.SCHEMA),
                Map.of()))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("set MOBULA_TOKEN or gcs.token-file");
  }

  private GcsConfig read(String... flags) throws ConfigurationProblem {
    return GcsConfig.of(
        ConfigSource.empty().withFlags(List.of(flags)).read(GcsConfig.SCHEMA),
        Map.of("MOBULA_TOKEN", secret.hex()));
  }
}
