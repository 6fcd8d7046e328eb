package io.mobula.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes as people read them. */
final class UnitTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1023, 1023 bytes",
    "1024, 1KiB",
    "1025, 1KiB (1025 bytes)",
    "1610612736, 1536MiB",
    "8589934592, 8GiB",
    "8589930496, 8GiB (8589930496 bytes)",
    "7340031999, 6.84GiB (7340031999 bytes)",
    "1234567, 1.18MiB (1234567 bytes)",
    "9223372036854775807, 8388608TiB (9223372036854775807 bytes)"
  })
  void shouldSayASizeInALargeUnitAndExactly(long bytes, String text) {
    assertThat(UnitText.describeBytes(bytes)).isEqualTo(text);
  }
}
