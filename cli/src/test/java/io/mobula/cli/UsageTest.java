package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command says to who uses it wrongly, and to who asks. */
final class UsageTest {
  /** What came of a command. */
  private record Result(int exitCode, String out, String err) {}

  private static List<String> commands() {
    return List.copyOf(MobulaCommand.commandLine().getSubcommands().keySet());
  }

  /** The demo and the microbenchmark explain themselves, in modules that are not here. */
  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "status", "memory", "version", "completion"})
  void shouldExplainEachCommandWhenAsked(String command) {
    Result help = run(command, "--help");
    assertThat(help.exitCode()).isEqualTo(MobulaCommand.OK);
    assertThat(help.out()).startsWith("Usage: mobula " + command).contains("--help");
    assertThat(help.err()).isEmpty();
    assertThat(run("help", command).out()).isEqualTo(help.out());
  }

  @Test
  void shouldListAllCommandsWhenNoneIsGiven() {
    Result help = run();
    assertThat(help.exitCode()).isEqualTo(MobulaCommand.OK);
    assertThat(help.out()).contains(commands());
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "status", "memory", "version", "completion"})
  void shouldRefuseUnknownOptionsWithTheWayToTheHelp(String command) {
    Result result = run(command, "--no-such-option");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(result.err())
        .startsWith("mobula: ")
        .contains("--no-such-option")
        .contains("Try 'mobula " + command + " --help' for what it takes.")
        .doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void shouldSuggestWhatIsNearWhenAWordIsUnknown() {
    Result result = run("statsu");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(result.err()).contains("statsu").contains("status");
  }

  @Test
  void shouldWantARoleWhenSomethingIsStarted() {
    Result neither = run("start");
    assertThat(neither.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(neither.err()).contains("--head", "--address");
    Result both = run("start", "--head", "--address", "h:1");
    assertThat(both.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(both.err()).contains("--head", "--address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "memory"})
  void shouldRefuseAddressesThatAreNone(String command) {
    Result result = run(command, "--address", "no port here", "--token", "00".repeat(32));
    assertThat(result.exitCode()).isNotEqualTo(MobulaCommand.OK);
    assertThat(result.err()).startsWith("mobula: ").contains("no port here");
    assertThat(result.err().lines().filter(line -> line.contains("\tat "))).isEmpty();
  }

  @Test
  void shouldSayThatNobodyAnswersWhenTheAddressIsDead() {
    Result result = run("status", "--address", "127.0.0.1:1", "--token", "00".repeat(32));
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err()).contains("127.0.0.1:1").hasLineCount(1);
  }

  @Test
  void shouldPrintItsVersionInEachWay() {
    assertThat(run("version").out()).startsWith("mobula ").contains("JDK 25");
    assertThat(run("--version").out()).isEqualTo(run("version").out());
  }

  @Test
  void shouldCompleteAllCommands() {
    Result script = run("completion");
    assertThat(script.out()).contains("mobula").contains(commands());
  }

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        MobulaCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = command.execute(arguments);
    return new Result(exitCode, out.toString(), err.toString());
  }
}
