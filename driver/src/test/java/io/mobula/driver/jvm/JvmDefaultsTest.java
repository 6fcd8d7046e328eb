package io.mobula.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

final class JvmDefaultsTest {
  private static final TimeZone UTC = TimeZone.getTimeZone("UTC");

  @Test
  void shouldSayAllWhenNothingIsSpecial() {
    assertThat(of(UTC, Locale.US, Locale.US, StandardCharsets.UTF_8))
        .containsExactly(
            "-Duser.timezone=UTC",
            "-Duser.language=en",
            "-Duser.script=",
            "-Duser.country=US",
            "-Duser.variant=");
  }

  @Test
  void shouldNameTheCategoriesWhenTheyDiffer() {
    assertThat(of(UTC, Locale.US, Locale.GERMANY, StandardCharsets.UTF_8))
        .contains("-Duser.language.format=de", "-Duser.country.format=DE")
        .noneMatch(option -> option.contains(".display"));
  }

  @Test
  void shouldNameTheCharsetWhenItIsNotTheUsualOne() {
    assertThat(of(UTC, Locale.US, Locale.US, StandardCharsets.ISO_8859_1))
        .contains("-Dfile.encoding=ISO-8859-1");
  }

  @Test
  void shouldNameScriptAndExtensionsWhenTheLocaleHasThem() {
    Locale thai = Locale.forLanguageTag("sr-Latn-RS-u-ca-buddhist-x-own");
    assertThat(of(UTC, thai, thai, StandardCharsets.UTF_8))
        .contains("-Duser.script=Latn")
        .anyMatch(option ->
            option.startsWith("-Duser.extensions=")
                && option.contains("u-ca-buddhist")
                && option.contains("x-own"));
  }

  @Test
  void shouldNameTheTimeZoneWhenItsIdMeansIt() {
    assertThat(of(TimeZone.getTimeZone("GMT+05:30"), Locale.US, Locale.US, StandardCharsets.UTF_8))
        .contains("-Duser.timezone=GMT+05:30");
  }

  @Test
  void shouldNameNoTimeZoneWhenItsIdDoesNotMeanIt() {
    assertThat(of(new SimpleTimeZone(60_000, "Own"), Locale.US, Locale.US, StandardCharsets.UTF_8))
        .noneMatch(option -> option.startsWith("-Duser.timezone"));
  }

  @Test
  void shouldBeThisJvmsWhenCurrent() {
    assertThat(JvmDefaults.current().timeZone()).isEqualTo(TimeZone.getDefault());
    assertThat(JvmDefaults.current().locale()).isEqualTo(Locale.getDefault());
  }

  private static List<String> of(TimeZone zone, Locale locale, Locale format, Charset charset) {
    return new JvmDefaults(zone, locale, locale, format, charset).options();
  }
}
