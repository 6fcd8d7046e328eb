package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the secret comes from. That of a head on this host is tested with real daemons. */
final class ClusterTokensTest {
  /** Port 1 is nobody's, so that no head of this host has it. */
  private static final String ADDRESS = "127.0.0.1:1";

  private final ClusterSecret given = ClusterSecret.generate();
  private final ClusterSecret other = ClusterSecret.generate();

  @Test
  void shouldTakeWhatIsGivenBeforeTheEnvironment() {
    assertThat(ClusterTokens.find(given.hex(), Map.of("MOBULA_TOKEN", other.hex()), ADDRESS))
        .isEqualTo(given);
  }

  @Test
  void shouldTakeTheEnvironmentWhenNothingIsGiven() {
    assertThat(ClusterTokens.find(null, Map.of("MOBULA_TOKEN", other.hex()), ADDRESS))
        .isEqualTo(other);
  }

  @Test
  void shouldSayHowToGiveItWhenThereIsNone() {
    ClusterConnectionException failure =
        catchThrowableOfType(
            ClusterConnectionException.class, () -> ClusterTokens.find(null, Map.of(), ADDRESS));
    assertThat(failure.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(failure)
        .hasMessageContaining("address=" + ADDRESS)
        .hasMessageContaining("token(…)")
        .hasMessageContaining("--token")
        .hasMessageContaining("MOBULA_TOKEN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", "zz", "0123", "not hex at all, but of quite some length"})
  void shouldNotRepeatWhatCannotBeASecret(String text) {
    ClusterConnectionException failure =
        catchThrowableOfType(
            ClusterConnectionException.class, () -> ClusterTokens.find(text, Map.of(), ADDRESS));
    assertThat(failure.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(failure).hasMessageContaining("MOBULA_TOKEN");
    if (text.length() > 4) {
      assertThat(failure.getMessage()).doesNotContain("quite some length");
    }
  }

  @Test
  void shouldNotFallBackOnTheEnvironmentWhenWhatIsGivenIsWrong() {
    ClusterConnectionException failure =
        catchThrowableOfType(
            ClusterConnectionException.class,
            () ->
                ClusterTokens.find(
                    given.hex().substring(2), Map.of("MOBULA_TOKEN", other.hex()), ADDRESS));
    assertThat(failure.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
  }
}
