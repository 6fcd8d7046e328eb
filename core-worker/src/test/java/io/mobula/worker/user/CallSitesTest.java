package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.sample.Caller;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class CallSitesTest {
  private final CallSites callSites = new CallSites(false);

  @Test
  void shouldNameTheFirstLineOfUserCodeWhenAsked() {
    assertThat(Caller.<String>straight(() -> Objects.requireNonNull(callSites.ofStored())))
        .isEqualTo("io.mobula.sample.Caller.straight(Caller.java:" + Caller.STRAIGHT_LINE + ")");
  }

  @Test
  void shouldSkipTheLibraryWhenItCallsForTheUser() {
    assertThat(
            Caller.<String>fromStream(() -> Objects.requireNonNull(callSites.ofStored()))
                .getFirst())
        .startsWith("io.mobula.sample.Caller.fromStream(Caller.java:");
  }

  @Test
  void shouldShareOneTextWhenALineAsksAgain() {
    String first = Caller.<String>straight(() -> Objects.requireNonNull(callSites.ofStored()));
    String second = Caller.<String>straight(() -> Objects.requireNonNull(callSites.ofStored()));
    assertThat(second).isSameAs(first);
  }

  @Test
  void shouldLookForSmallObjectsWhenTheJobWantsIt() {
    assertThat(callSites.ofSmall()).isNull();
    CallSites always = new CallSites(true);
    assertThat(Caller.<String>straight(() -> Objects.requireNonNull(always.ofSmall())))
        .contains("Caller.java");
  }

  @Test
  void shouldLoseItsBeginningWhenATextIsTooLong() {
    String text = CallSites.ofTask("a".repeat(300) + "end");
    assertThat(text).hasSize(CallSites.LENGTH_MAX).startsWith("...").endsWith("end");
  }
}
