package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver makes of its options and its environment. */
final class DriverConfigTest {
  @Test
  void shouldPreferOptionsToTheEnvironment() {
    Map<String, String> environment =
        Map.of("MOBULA_DRIVER_NODES", "3", "MOBULA_DRIVER_LINEAGE_BYTES", "4096");
    DriverConfig config = read(o -> o.config("driver.nodes", "2"), environment);
    assertThat(config.nodes()).isEqualTo(2);
    assertThat(config.lineageBytesMax()).isEqualTo(4096);
  }

  @Test
  void shouldBeLocalWhenEitherWayAsksForIt() {
    assertThat(read(o -> {}, Map.of()).isLocal()).isFalse();
    assertThat(read(o -> o.local(true), Map.of()).isLocal()).isTrue();
    assertThat(read(o -> {}, Map.of("MOBULA_DRIVER_LOCAL", "true")).isLocal()).isTrue();
  }

  @Test
  void shouldRefuseSeveralNodesWhenLocal() {
    String message = "a local cluster has one node: driver.nodes=2: drop that setting, or local";
    assertThat(refusal(o -> o.local(true).config("driver.nodes", "2"), Map.of()))
        .hasMessageContaining(message);
    assertThat(refusal(o -> o.local(true), Map.of("MOBULA_DRIVER_NODES", "2")))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65", "two", "1.5", "99999999999", " "})
  void shouldNameTheSettingWhenItsValueIsWrong(String nodes) {
    assertThat(refusal(o -> o.config("driver.nodes", nodes), Map.of()))
        .hasMessageContaining("driver.nodes");
    assertThat(refusal(o -> {}, Map.of("MOBULA_DRIVER_NODES", nodes)))
        .hasMessageContaining("driver.nodes");
  }

  @Test
  void shouldSuggestTheKeyThatIsNearWhenOneIsUnknown() {
    assertThat(refusal(o -> o.config("driver.node", "2"), Map.of()))
        .hasMessageContaining("driver.node")
        .hasMessageContaining("driver.nodes");
  }

  /** One mistake per run is a long afternoon. */
  @Test
  void shouldNameAllThatIsWrongAtOnce() {
    assertThat(
            refusal(
                o -> o.config("driver.nodes", "0").config("driver.lineage-bytes", "many"),
                Map.of()))
        .hasMessageContaining("driver.nodes")
        .hasMessageContaining("driver.lineage-bytes");
  }

  @Test
  void shouldLeaveTheSettingsOfOtherPartsAlone() {
    DriverConfig config =
        read(o -> o.config("raylet.num-cpus", "no number"), Map.of("MOBULA_GCS_X", "1"));
    assertThat(config).isEqualTo(read(o -> {}, Map.of()));
  }

  private static ConfigurationException refusal(
      Consumer<InitOptions.Builder> options, Map<String, String> environment) {
    ConfigurationException refusal =
        catchThrowableOfType(ConfigurationException.class, () -> read(options, environment));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(ErrorCode.OPTION_INVALID);
    return refusal;
  }

  private static DriverConfig read(
      Consumer<InitOptions.Builder> options, Map<String, String> environment) {
    return DriverConfig.read(InitOptions.of(options), environment);
  }
}
