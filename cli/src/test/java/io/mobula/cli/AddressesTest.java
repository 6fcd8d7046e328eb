package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person may type as an address. */
final class AddressesTest {
  @Test
  void shouldTakeNamesAndBothKindsOfNumbers() {
    assertThat(Addresses.parse("head.example:6379")).isEqualTo("head.example:6379");
    assertThat(Addresses.parse("10.0.0.1:65535")).isEqualTo("10.0.0.1:65535");
    assertThat(Addresses.parse("[::1]:6379")).isEqualTo("[::1]:6379");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "head", ":6379", "head:", "head:x", "head:-1", "head:65536"})
  void shouldSayWhatAnAddressLooksLikeWhenItIsNone(String typed) {
    CommandFailure failure =
        catchThrowableOfType(CommandFailure.class, () -> Addresses.parse(typed));
    assertThat(failure)
        .hasMessage("not an address: '" + typed + "'; write HOST:PORT, such as 10.0.0.1:6379");
    assertThat(failure.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
  }
}
