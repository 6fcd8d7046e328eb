package io.mobula.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a throwable does when asked, the text says which method failed and why. */
final class ThrowableTextTest {
  private static final String NAME = Mute.class.getName();

  @Test
  void shouldBlameTheMessageWhenItIsWhatFails() {
    String note = "(getMessage failed: java.lang.IllegalStateException: no words)";
    Mute mute = new Mute(new IllegalStateException("no words"), null);
    assertThat(ThrowableText.message(mute)).isEqualTo(note);
    assertThat(ThrowableText.of(mute)).isEqualTo(NAME + ": " + note);
    assertThat(ThrowableText.classAndMessage(mute)).isEqualTo(NAME + ": " + note);
    assertThat(ThrowableText.stackTrace(mute)).contains(note);
  }

  @Test
  void shouldKeepTheMessageWhenOnlyToStringFails() {
    Mute mute = new Mute(null, new IllegalStateException("no words"));
    assertThat(ThrowableText.message(mute)).isEqualTo("said");
    assertThat(ThrowableText.of(mute))
        .isEqualTo(NAME + ": said (toString failed: java.lang.IllegalStateException: no words)");
    assertThat(ThrowableText.stackTrace(mute))
        .contains("(printStackTrace failed: java.lang.IllegalStateException: no words)");
  }

  @Test
  void shouldNameTheClassAloneWhenTheReasonDoesNotTellEither() {
    Mute inner = new Mute(new IllegalStateException("no words"), null);
    Mute mute = new Mute(inner, null);
    assertThat(ThrowableText.message(mute)).isEqualTo("(getMessage failed: " + NAME + ")");
    assertThat(ThrowableText.of(mute)).isEqualTo(NAME + ": (getMessage failed: " + NAME + ")");
  }

  @Test
  void shouldCutTheReasonWhenItIsLong() {
    Mute mute = new Mute(new IllegalStateException("x".repeat(10_000)), null);
    assertThat(ThrowableText.message(mute)).contains("cut: chars=10000").hasSizeLessThan(1_200);
  }

  /** Fails where it is told to. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable RuntimeException inMessage;
    private final @Nullable RuntimeException inToString;

    Mute(@Nullable RuntimeException inMessage, @Nullable RuntimeException inToString) {
      super("said");
      this.inMessage = inMessage;
      this.inToString = inToString;
    }

    @Override
    public @Nullable String getMessage() {
      if (inMessage != null) {
        throw inMessage;
      }
      return super.getMessage();
    }

    @Override
    public String toString() {
      if (inToString != null) {
        throw inToString;
      }
      return super.toString();
    }
  }
}
