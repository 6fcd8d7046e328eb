package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.gcs.GcsConfig;
import io.mobula.gcs.GcsServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that ask a cluster, against a head without nodes. */
final class AskingCommandsTest {
  private final ClusterSecret secret = ClusterSecret.generate();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;
  private SessionDirectory session;
  private GcsServer head;

  @BeforeEach
  void startHead() throws Exception {
    session = SessionRoot.open(folder.resolve("root")).createSession();
    head = GcsServer.start(GcsConfig.embedded(session.path(), secret));
  }

  @AfterEach
  void endHead() throws Exception {
    head.close();
    session.close();
  }

  @Test
  void shouldShowAClusterWithoutNodes() {
    assertThat(ask("status")).isEqualTo(MobulaCommand.OK);
    assertThat(out.toString()).contains(head.address().toString());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldShowTheClusterToProgramsInOnePieceOfJson() {
    assertThat(ask("status", "--json")).isEqualTo(MobulaCommand.OK);
    JsonNode status = json();
    assertThat(status.get("clusterId").asString()).isEqualTo(Long.toHexString(head.clusterId()));
    assertThat(List.of("nodes", "jobs", "actors"))
        .allSatisfy(name -> assertThat(status.get(name).isArray()).as(name).isTrue())
        .allSatisfy(name -> assertThat(status.get(name)).as(name).isEmpty());
  }

  @Test
  void shouldShowNoMemoryWhenThereIsNone() {
    assertThat(ask("memory")).isEqualTo(MobulaCommand.OK);
    assertThat(out.toString()).contains(head.address().toString());
  }

  @Test
  void shouldShowMemoryToProgramsWithItsTotals() {
    assertThat(ask("memory", "--json")).isEqualTo(MobulaCommand.OK);
    JsonNode memory = json();
    assertThat(memory.get("totals").get("capacityBytes").asLong()).isZero();
    assertThat(memory.get("objects")).isEmpty();
    assertThat(
            memory.get("truncated") == null ? memory.get("isTruncated") : memory.get("truncated"))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"call-site", "owner", "state", "node"})
  void shouldSumNothingUpInEachWay(String by) {
    assertThat(ask("memory", "--group-by", by)).isEqualTo(MobulaCommand.OK);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldFailWhenTheNodeThatIsAskedForIsNotThere() {
    assertThat(ask("memory", "--node", "7")).isEqualTo(MobulaCommand.FAILED);
    assertThat(err.toString().strip()).isEqualTo("mobula: no such node is alive: node=7");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--limit, -1, out of range",
    "--limit, 10001, out of range",
    "--limit, many, many",
    "--sort, name, is none of size",
    "--group-by, size, is none of call-site",
    "--node, first, first"
  })
  void shouldRefuseValuesThatAreNoneBeforeItAsks(String option, String value, String expected) {
    head.close();
    assertThat(ask("memory", option, value)).isEqualTo(MobulaCommand.WRONG_USAGE);
    assertThat(err.toString()).startsWith("mobula: ").contains(expected).doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "memory"})
  void shouldNotShowTheClusterToStrangers(String command) {
    int exitCode =
        run(
            command,
            "--address",
            head.address().toString(),
            "--token",
            ClusterSecret.generate().hex());
    assertThat(exitCode).isEqualTo(MobulaCommand.FAILED);
    assertThat(err.toString())
        .startsWith("mobula: ")
        .contains(head.address().toString())
        .doesNotContain(secret.hex())
        .hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "memory"})
  void shouldSayThatTheSecretIsNoneWhenItIsCutShort(String command) {
    String half = secret.hex().substring(32);
    assertThat(run(command, "--address", head.address().toString(), "--token", half))
        .isNotEqualTo(MobulaCommand.OK);
    assertThat(err.toString()).startsWith("mobula: ").doesNotContain(half).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "memory"})
  void shouldSayThatNobodyAnswersWhenTheHeadIsGone(String command) {
    head.close();
    assertThat(ask(command)).isEqualTo(MobulaCommand.FAILED);
    assertThat(err.toString()).contains(head.address().toString()).hasLineCount(1);
  }

  @Test
  void shouldNotFailForAReaderThatHasGone() {
    Writer gone =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws java.io.IOException {
            throw new java.io.IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    CommandLine command =
        MobulaCommand.commandLine()
            .setOut(new PrintWriter(gone, true))
            .setErr(new PrintWriter(err, true));
    assertThat(command.execute(withHead("status"))).isEqualTo(MobulaCommand.OK);
    assertThat(err.toString()).isEmpty();
  }

  private int ask(String... arguments) {
    return run(withHead(arguments));
  }

  private String[] withHead(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--address", head.address().toString(), "--token", secret.hex()));
    return all.toArray(new String[0]);
  }

  private int run(String... arguments) {
    return MobulaCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private JsonNode json() {
    return JsonMapper.builder().build().readTree(out.toString());
  }
}
