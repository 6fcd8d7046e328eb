package io.mobula.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigSourceTest {
  private static final ConfigKey<Integer> CPUS =
      ConfigKey.optional(
          "raylet.num-cpus", ConfigTypes.integer(0, 4096), "from the cgroup", "CPUs to offer.");
  private static final ConfigKey<Duration> GRACE =
      ConfigKey.of(
          "raylet.grace",
          ConfigTypes.duration(Duration.ZERO, Duration.ofMinutes(1)),
          Duration.ofSeconds(2),
          "Between SIGTERM and SIGKILL.");
  private static final ConfigKey<HostPort> ADDRESS =
      ConfigKey.required("raylet.gcs-address", ConfigTypes.hostPort(), "The GCS, a|b.");
  private static final ConfigKey<String> TOKEN =
      ConfigKey.of("raylet.token", ConfigTypes.text(), "none", "Shown to nobody.").secret();
  private static final ConfigSchema SCHEMA =
      ConfigSchema.of(List.of(CPUS, GRACE, ADDRESS, TOKEN)).besides("gcs");

  @TempDir private Path folder;

  @Test
  void shouldLetFlagsWinOverEnvironmentOverFileWhenAllAreSet() throws ConfigurationProblem {
    Map<String, String> file =
        Map.of("raylet.num-cpus", "1", "raylet.grace", "1s", "raylet.gcs-address", "file:1");
    Map<String, String> environment =
        Map.of("MOBULA_RAYLET_NUM_CPUS", "2", "MOBULA_RAYLET_GRACE", "500ms", "PATH", "/bin");
    ConfigValues values =
        ConfigSource.empty()
            .withFile(file)
            .withEnvironment(environment)
            .withFlags(List.of("raylet.num-cpus=3"))
            .read(SCHEMA);
    assertThat(values.find(CPUS)).contains(3);
    assertThat(values.get(GRACE)).isEqualTo(Duration.ofMillis(500));
    assertThat(values.get(ADDRESS)).isEqualTo(new HostPort("file", 1));
    assertThat(values.describe())
        .containsExactly(
            "raylet.gcs-address = file:1 (file)",
            "raylet.grace = 500ms (MOBULA_RAYLET_GRACE)",
            "raylet.num-cpus = 3 (flag)",
            "raylet.token = ******** (default)");
  }

  @Test
  void shouldNameTheNearestKeyWhenOneIsUnknown() {
    assertThatThrownBy(() ->
            ConfigSource.empty()
                .withFlags(List.of("raylet.num-cpu=3", "raylet.gcs-address=h:1"))
                .read(SCHEMA))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessage(
            "bad configuration: unknown key: key=raylet.num-cpu; did you mean raylet.num-cpus?");
    assertThatThrownBy(() ->
            ConfigSource.empty()
                .withEnvironment(Map.of("MOBULA_RAYLET_NUM_CPU", "3"))
                .withFlags(List.of("raylet.gcs-address=h:1"))
                .read(SCHEMA))
        .hasMessageContaining("did you mean MOBULA_RAYLET_NUM_CPUS?");
  }

  @Test
  void shouldReportEverythingAtOnceWhenSeveralThingsAreWrong() {
    assertThatThrownBy(() ->
            ConfigSource.empty()
                .withFlags(List.of("verbose", "raylet.num-cpus=many", "raylet.grace=5 days"))
                .read(SCHEMA))
        .hasMessage(
            "bad configuration: not key=value: argument=verbose; missing key:"
                + " key=raylet.gcs-address, allowed=host:port; bad value: key=raylet.grace,"
                + " value=5 days, from=flag, allowed=a time from 0s to 1m such as 500ms, 2s or 1m;"
                + " bad value: key=raylet.num-cpus, value=many, from=flag, allowed=a whole number"
                + " from 0 to 4096");
  }

  @Test
  void shouldMaskSecretsWhenTheyAreWrong() {
    ConfigKey<Integer> pin =
        ConfigKey.of("raylet.pin", ConfigTypes.integer(0, 9), 0, "Secret.").secret();
    assertThatThrownBy(() ->
            ConfigSource.empty()
                .withFlags(List.of("raylet.pin=1234"))
                .read(ConfigSchema.of(List.of(pin))))
        .hasMessageContaining("value=********")
        .hasMessageNotContaining("1234");
  }

  @Test
  void shouldPassOverKeysOfOtherDaemonsWhenTheyShareAFile() throws Exception {
    Path file = folder.resolve("mobula.properties");
    Files.writeString(file, "gcs.port=1\nraylet.gcs-address=h:1\n");
    ConfigValues values = ConfigSource.empty().withFile(file).read(SCHEMA);
    assertThat(values.find(CPUS)).isEmpty();
    assertThatThrownBy(() -> ConfigSource.empty().withFile(folder.resolve("none")))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("none");
  }

  @Test
  void shouldIgnoreVariablesOfOtherComponentsAndOfWorkersWhenReading() throws IOException {
    Map<String, String> environment =
        Map.of("MOBULA_GCS_PORT", "1", "MOBULA_RAYLET_SOCKET", "/s", "MOBULA_TOKEN", "t");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() ->
                ConfigSource.empty()
                    .withEnvironment(environment)
                    .withFlags(List.of("raylet.gcs-address=h:1"))
                    .read(SCHEMA)))
        .isNull();
  }

  @Test
  void shouldDescribeEveryKeyWhenThePageIsMade() {
    assertThat(SCHEMA.describe().lines().toList())
        .hasSize(6)
        .contains(
            "| `raylet.num-cpus` | a whole number from 0 to 4096 | from the cgroup |"
                + " `MOBULA_RAYLET_NUM_CPUS` | CPUs to offer. |")
        .anyMatch(line -> line.contains("The GCS, a\\|b."));
  }

  @Test
  void shouldRefuseWhenAKeyIsRegisteredTwiceOrMisnamed() {
    assertThatThrownBy(() -> ConfigSchema.of(List.of(CPUS, CPUS)))
        .hasMessageContaining("registered twice");
    assertThatThrownBy(() -> ConfigKey.of("numCpus", ConfigTypes.bool(), true, ""))
        .hasMessageContaining("numCpus");
  }
}
