package io.mobula.examples.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CensusOptionsTest {
  @Test
  void shouldHaveDefaultsWhenNothingIsGiven() throws UsageException {
    assertThat(CensusOptions.parse())
        .isEqualTo(
            new CensusOptions(
                false, List.of(), 200, Path.of("mobula-census.html"), Integer.MAX_VALUE, false));
  }

  @Test
  void shouldReadAllOptionsWhenGivenInAnyOrder() throws UsageException {
    CensusOptions options =
        CensusOptions.parse(
            "--chunk",
            "7",
            "--jar",
            "a.jar",
            "b.jar",
            "--verify",
            "--jar=c.jar",
            "--limit=9",
            "--report",
            "r.html");
    assertThat(options.isVerified()).isTrue();
    assertThat(options.chunkClasses()).isEqualTo(7);
    assertThat(options.limitClasses()).isEqualTo(9);
    assertThat(options.report()).isEqualTo(Path.of("r.html"));
    assertThat(options.jars())
        .containsExactly(Path.of("a.jar"), Path.of("b.jar"), Path.of("c.jar"));
    assertThat(CensusOptions.parse("-h").isHelp()).isTrue();
  }

  @Test
  void shouldNameTheNearestWhenOptionIsUnknown() {
    assertThatThrownBy(() -> CensusOptions.parse("--verfiy"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("unknown option '--verfiy': did you mean --verify?");
    assertThatThrownBy(() -> CensusOptions.parse("--chunks=3"))
        .hasMessageContaining("did you mean --chunk?");
  }

  @Test
  void shouldSayWhatIsNeededWhenValueIsWrong() {
    assertThatThrownBy(() -> CensusOptions.parse("--limit", "none"))
        .hasMessage("--limit needs a whole number from 1 to 999999999, and not 'none'");
    assertThatThrownBy(() -> CensusOptions.parse("--chunk", "0")).hasMessageContaining("'0'");
    assertThatThrownBy(() -> CensusOptions.parse("--jar", "--verify"))
        .hasMessageContaining("--jar needs a value");
    assertThatThrownBy(() -> CensusOptions.parse("--report")).hasMessageContaining("needs a value");
    assertThatThrownBy(() -> CensusOptions.parse("--verify=yes"))
        .hasMessage("--verify takes no value");
    assertThatThrownBy(() -> CensusOptions.parse("my.jar")).hasMessageContaining("--jar my.jar");
  }
}
