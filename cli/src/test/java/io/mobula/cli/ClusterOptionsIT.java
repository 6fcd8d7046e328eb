package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.testkit.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which cluster is asked: the option's, else the environment's, else that of this machine. */
final class ClusterOptionsIT {
  private static final String SECRET = ClusterSecret.generate().hex();

  /** Ports that are nobody's. */
  private static final String OPTIONS = "127.0.0.1:1";

  private static final String ENVIRONMENTS = "127.0.0.1:2";

  private final TestHome home = TestHome.create();
  private final Command mobula = new Command(home);

  @AfterEach
  void close() {
    home.close();
  }

  @Test
  void shouldAskTheOptionsAddressBeforeTheEnvironments() {
    Command.Result result =
        mobula.run(
            Map.of("MOBULA_ADDRESS", ENVIRONMENTS),
            "status",
            "--address",
            OPTIONS,
            "--token",
            SECRET);
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err()).contains(OPTIONS).doesNotContain(ENVIRONMENTS);
  }

  @Test
  void shouldAskTheEnvironmentsAddressWhenThereIsNoOption() {
    Command.Result result =
        mobula.run(Map.of("MOBULA_ADDRESS", ENVIRONMENTS, "MOBULA_TOKEN", SECRET), "status");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err()).contains(ENVIRONMENTS).doesNotContain(SECRET);
  }

  @Test
  void shouldNotAskAnotherClusterWhenTheOptionIsBlank() {
    Command.Result result =
        mobula.run(
            Map.of("MOBULA_ADDRESS", ENVIRONMENTS, "MOBULA_TOKEN", SECRET),
            "status",
            "--address",
            "");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(result.err()).startsWith("mobula: not an address: ''");
  }

  @Test
  void shouldTakeABlankVariableForNone() {
    Command.Result result = mobula.run(Map.of("MOBULA_ADDRESS", " "), "status");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err()).contains("no cluster runs on this machine");
  }

  @Test
  void shouldMakeACompletionScriptThatTheShellCanRead() throws Exception {
    Command.Result result = mobula.run("completion");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.OK);
    Path script = Files.writeString(home.path().resolve("completion.sh"), result.out());
    Process shell = new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
  }
}
