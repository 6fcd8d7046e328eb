package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.Deadline;
import io.mobula.testkit.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command on real daemons: what an operator types, in the order in which it is typed. */
final class CommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private TestHome home;
  private Command mobula;

  @BeforeEach
  void open() {
    home = TestHome.create();
    mobula = new Command(home);
  }

  @AfterEach
  void close() {
    home.close();
  }

  @Test
  void shouldStartShowAndStopACluster() throws Exception {
    JsonNode head = started("start", "--head", "--port", "0", "--num-cpus", "1", "--json");
    String address = head.get("address").asString();
    String token = Files.readString(Path.of(head.get("tokenFile").asString())).strip();
    Map<String, String> secret = Map.of("MOBULA_TOKEN", token);
    assertThat(head.get("pids")).hasSize(2);

    Command.Result node =
        mobula.run(
            secret, "start", "--address", address, "--num-cpus", "2", "--resources", "gpu=3");
    assertThat(node.exitCode()).as(node.err()).isEqualTo(MobulaCommand.OK);
    assertThat(node.out()).contains("is a node of the cluster at " + address);

    Command.Result text = mobula.run("status", "--address", address);
    assertThat(text.exitCode()).as(text.err()).isEqualTo(MobulaCommand.OK);
    assertThat(text.out()).contains("2 nodes", "(head)", "alive", "gpu 0.000/3.000");

    JsonNode status = json(mobula.run("status", "--address", address, "--json"));
    assertThat(status.get("nodes")).hasSize(2);

    try (Session session = Mobula.init(o -> o.address(address).token(token))) {
      assertThat(session).isNotNull();
      ObjectRef<byte[]> kept = Mobula.put(new byte[3 << 20]);
      Command.Result memory = mobula.run("memory", "--address", address);
      assertThat(memory.exitCode()).as(memory.err()).isEqualTo(MobulaCommand.OK);
      assertThat(memory.out()).contains(kept.id(), "3.0 MiB", "driver");
      JsonNode sums =
          json(mobula.run("memory", "--address", address, "--group-by", "owner", "--json"));
      assertThat(sums.get("groups")).isNotEmpty();
      kept.free();
    }

    Command.Result stopped = mobula.run("stop");
    assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(MobulaCommand.OK);
    assertThat(stopped.out().lines().filter(line -> line.startsWith("ended "))).hasSize(3);
    assertThat(mobula.run("stop").out()).startsWith("Nothing to stop");
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldRefuseStrangersAndSayWhatToDo() {
    JsonNode head = started("start", "--head", "--port", "0", "--num-cpus", "1", "--json");
    String address = head.get("address").asString();
    Command.Result wrong =
        mobula.run(Map.of("MOBULA_TOKEN", "ab".repeat(32)), "status", "--address", address);
    assertThat(wrong.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(wrong.err()).contains("secret").doesNotContain("\tat ");
    Command.Result node =
        mobula.run(Map.of("MOBULA_TOKEN", "ab".repeat(32)), "start", "--address", address);
    assertThat(node.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(node.err()).contains("the raylet could not be started").doesNotContain("\tat ");
    assertThat(mobula.run("stop").out().lines()).hasSize(2);
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldSayThatThePortIsTakenWhenAHeadIsStartedTwice() {
    JsonNode head = started("start", "--head", "--port", "0", "--num-cpus", "1", "--json");
    String address = head.get("address").asString();
    String port = address.substring(address.lastIndexOf(':') + 1);
    Command.Result second = mobula.run("start", "--head", "--port", port);
    assertThat(second.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(second.err()).contains("could not be started", port).doesNotContain("\tat ");
    // The first is none the worse for it.
    assertThat(mobula.run("status", "--address", address).exitCode()).isEqualTo(MobulaCommand.OK);
    assertThat(mobula.run("stop").exitCode()).isEqualTo(MobulaCommand.OK);
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldRefuseSettingsThatDoNotExist() {
    Command.Result result =
        mobula.run("start", "--head", "--port", "0", "--set", "raylet.num-cpu=1");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(result.err()).contains("raylet.num-cpu", "raylet.num-cpus");
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldEndWhatItStartedWhenItIsInterruptedInTheForeground() throws Exception {
    Path out = home.path().resolve("out.txt");
    Process blocking =
        mobula.start(
            Map.of(),
            out,
            home.path().resolve("err.txt"),
            "start",
            "--head",
            "--port",
            "0",
            "--num-cpus",
            "1",
            "--block");
    Deadline.in(PATIENCE)
        .await("the head runs", () -> Files.readString(out).contains("The head runs at"));
    blocking.destroy();
    assertThat(blocking.waitFor(20, TimeUnit.SECONDS)).isTrue();
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldLeaveNothingWhenItIsEndedWhileItStarts() throws Exception {
    Path out = home.path().resolve("cut.txt");
    Process starting =
        mobula.start(
            Map.of(), out, home.path().resolve("cut-err.txt"), "start", "--head", "--port", "0");
    Deadline.in(PATIENCE)
        .await("the head runs", () -> starting.descendants().findAny().isPresent());
    starting.destroy();
    assertThat(starting.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(starting.exitValue()).isNotEqualTo(MobulaCommand.OK);
    assertThat(Files.readString(out)).isEmpty();
    assertThat(mobula.run("stop").out()).startsWith("Nothing to stop");
    home.assertNothingLeft(PATIENCE);
  }

  @Test
  void shouldSayWhoseFolderItIsWhenItCannotBeHad() throws Exception {
    Path file = Files.createFile(home.path().resolve("file"));
    Command.Result result = mobula.run(Map.of("TMPDIR", file.toString()), "stop");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err()).startsWith("mobula: ").contains(file.toString()).hasLineCount(1);
  }

  @Test
  void shouldSayWhatToDoWhenNothingRunsHere() {
    Command.Result result = mobula.run("status");
    assertThat(result.exitCode()).isEqualTo(MobulaCommand.FAILED);
    assertThat(result.err())
        .contains("no cluster runs on this machine", "mobula start --head", "--address HOST:PORT")
        .hasLineCount(1);
  }

  private JsonNode started(String... arguments) {
    Command.Result result = mobula.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(MobulaCommand.OK);
    return json(result);
  }

  private static JsonNode json(Command.Result result) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(MobulaCommand.OK);
    return JsonMapper.shared().readTree(result.out());
  }
}
