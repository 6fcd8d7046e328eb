package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerCommandTest {
  private static final String CLASS_PATH = "/lib/own.jar:/lib/second.jar";

  @Test
  void shouldBeginWithTheRayletsClassPathWhenAJobHasOne() {
    List<String> line =
        command("java").line(List.of("/job/a.jar", "/lib/second.jar", "/job/classes"));

    assertThat(line)
        .containsSubsequence(
            "-cp",
            "/lib/own.jar:/lib/second.jar:/job/a.jar:/job/classes",
            "io.mobula.worker.WorkerMain");
  }

  @Test
  void shouldUseTheRayletsArchiveWhenItHasOne() {
    for (String flag : List.of("-XX:SharedArchiveFile=/lib/app.jsa", "-XX:AOTCache=app.aot")) {
      List<String> line =
          command("java", "-Xmx1g", flag, "-cp", CLASS_PATH, "Main", "-x").line(List.of());

      assertThat(line)
          .containsSubsequence(flag, "-Xlog:cds*=off,aot*=off", "-cp")
          .doesNotContain("-Xmx1g", "-x")
          // A JVM with a cache refuses to start with it.
          .noneMatch(argument -> argument.startsWith("-Xshare"));
    }
  }

  @Test
  void shouldNameNoArchiveAndLogAsAlwaysWhenTheRayletHasNone() {
    assertThat(command("java", "-Xshare:auto", "-cp", CLASS_PATH, "Main").line(List.of()))
        .noneMatch(argument -> argument.contains("Archive") || argument.startsWith("-Xlog"));
  }

  @Test
  void shouldTakeTheFlagFromTheProcesssOwnCommandLine() {
    assertThat(OwnCommandLine.read()).hasSizeGreaterThan(1).first().asString().endsWith("java");
  }

  private static WorkerCommand command(String... ownCommandLine) {
    return WorkerCommand.of("/jdk", CLASS_PATH, List.of(ownCommandLine), 1 << 20, Map.of());
  }
}
