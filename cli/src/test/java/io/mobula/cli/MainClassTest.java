package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Programs that the distribution has beside the command. */
public final class MainClassTest {
  /** A program that misses a class of its own. */
  public static final class Missing {
    private Missing() {}

    public static void main(String[] arguments) throws Exception {
      if (arguments.length > 0) {
        throw new ClassNotFoundException(arguments[0]);
      }
    }
  }

  @Test
  void shouldSayThatTheInstallationIsIncompleteWhenTheProgramIsNotThere() {
    assertThatThrownBy(() -> MainClass.run("io.mobula.NoSuchMain", new String[0]))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("this installation has no io.mobula.NoSuchMain: take the whole distribution");
  }

  @Test
  void shouldPassOnWhatTheProgramThrowsWhenItMissesAClassItself() {
    assertThatThrownBy(() -> MainClass.run(Missing.class.getName(), new String[] {"its.Own"}))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessage("its.Own");
  }
}
