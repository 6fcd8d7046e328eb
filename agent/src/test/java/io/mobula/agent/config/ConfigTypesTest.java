package io.mobula.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTypesTest {
  private static final ConfigType<Long> BYTES = ConfigTypes.bytes(0, Long.MAX_VALUE);
  private static final ConfigType<Duration> TIME =
      ConfigTypes.duration(Duration.ZERO, Duration.ofDays(1));

  @ParameterizedTest
  @CsvSource({
    "4096, 4096, 4KiB",
    "64MiB, 67108864, 64MiB",
    "10g, 10737418240, 10GiB",
    "1.5 KB, 1536, 1536",
    "1t, 1099511627776, 1TiB",
    "0, 0, 0"
  })
  void shouldReadSizesWhenTheyHaveUnits(String text, long bytes, String formatted) {
    assertThat(BYTES.parse(text)).isEqualTo(bytes);
    assertThat(BYTES.format(bytes)).isEqualTo(formatted);
    assertThat(BYTES.parse(formatted)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500000000, 500ms",
    "2s, 2000000000, 2s",
    "1.5m, 90000000000, 90s",
    "250us, 250000, 250us",
    "1h, 3600000000000, 1h",
    "0s, 0, 0s"
  })
  void shouldReadTimesWhenTheyHaveUnits(String text, long nanos, String formatted) {
    assertThat(TIME.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    assertThat(TIME.format(Duration.ofNanos(nanos))).isEqualTo(formatted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1 x", "9999999999t", "1.2.3"})
  void shouldRefuseSizesWhenTheyAreNone(String text) {
    assertThatThrownBy(() -> BYTES.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "2d", "-1s", "s"})
  void shouldRefuseTimesWhenTheyAreNoneOrOutOfRange(String text) {
    assertThatThrownBy(() -> TIME.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadAddressesWhenTheyNameHostAndPort() {
    assertThat(HostPort.parse("h:1")).isEqualTo(new HostPort("h", 1)).hasToString("h:1");
    assertThat(HostPort.parse("[::1]:2")).isEqualTo(new HostPort("::1", 2)).hasToString("[::1]:2");
    for (String bad : List.of("h", ":1", "h:", "h:x", "h:70000", "::1:2", "h:-1")) {
      assertThatThrownBy(() -> HostPort.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldReadAmountsWhenTheyAreNamed() {
    ConfigType<Map<String, Double>> amounts = ConfigTypes.amounts();
    assertThat(amounts.parse("gpu=1, x=0.5")).isEqualTo(Map.of("gpu", 1.0, "x", 0.5));
    assertThat(amounts.parse("")).isEmpty();
    assertThat(amounts.format(Map.of("x", 0.5, "gpu", 1.0))).isEqualTo("gpu=1.0,x=0.5");
    for (String bad : List.of("gpu", "=1", "gpu=-1", "gpu=NaN", "a=1,a=2")) {
      assertThatThrownBy(() -> amounts.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldReadTheOtherTypesWhenTheyAreWellFormed() {
    assertThat(ConfigTypes.bool().parse("TRUE")).isTrue();
    assertThat(ConfigTypes.list().parse("a, b,,c")).containsExactly("a", "b", "c");
    assertThat(ConfigTypes.decimal(0, 1).parse("0.25")).isEqualTo(0.25);
    assertThat(ConfigTypes.choice(Shape.class).parse("two-words")).isEqualTo(Shape.TWO_WORDS);
    assertThat(ConfigTypes.choice(Shape.class).allowed()).isEqualTo("one of one, two-words");
    assertThatThrownBy(() -> ConfigTypes.text().parse(" "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ConfigTypes.decimal(0, 1).parse("NaN"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private enum Shape {
    ONE,
    TWO_WORDS
  }
}
