package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerCommandTest {
  private static final String CLASS_PATH = "/lib/own.jar:/lib/second.jar";
  private static final long HEAP_BYTES = 1 << 20;
  private static final JobJvm NO_JOB = new JobJvm(List.of(), List.of());

  @Test
  void shouldBeginWithTheRayletsClassPathWhenAJobHasOne() {
    List<String> line =
        command("java")
            .line(
                new JobJvm(List.of("/job/a.jar", "/lib/second.jar", "/job/classes"), List.of()),
                HEAP_BYTES);

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
          command("java", "-Xmx1g", flag, "-cp", CLASS_PATH, "Main", "-x").line(NO_JOB, HEAP_BYTES);

      assertThat(line)
          .containsSubsequence(flag, "-Xlog:cds*=off,aot*=off", "-cp")
          .doesNotContain("-Xmx1g", "-x")
          // A JVM with a cache refuses to start with it.
          .noneMatch(argument -> argument.startsWith("-Xshare"));
    }
  }

  @Test
  void shouldNameNoArchiveAndLogAsAlwaysWhenTheRayletHasNone() {
    assertThat(command("java", "-Xshare:auto", "-cp", CLASS_PATH, "Main").line(NO_JOB, HEAP_BYTES))
        .noneMatch(argument -> argument.contains("Archive") || argument.startsWith("-Xlog"));
  }

  @Test
  void shouldTakeTheFlagFromTheProcesssOwnCommandLine() {
    assertThat(OwnCommandLine.read()).hasSizeGreaterThan(1).first().asString().endsWith("java");
  }

  @Test
  void shouldPutTheJobsOptionsAfterItsOwnWhenTheyAreGiven() {
    assertThat(lineWith("-ea", "-Dstdout.encoding=x", "-XX:+UsePerfData"))
        .containsSubsequence(
            "-XX:-UsePerfData",
            "-Xmx1048576",
            "-ea",
            "-XX:+UsePerfData",
            "-Dstdout.encoding=UTF-8",
            "-cp");
  }

  @Test
  void shouldGiveNoHeapWhenTheJobDoes() {
    for (String option : List.of("-Xmx2g", "-XX:MaxHeapSize=2g", "-XX:MaxRAMPercentage=10")) {
      assertThat(lineWith(option)).contains(option).doesNotContain("-Xmx1048576");
    }
    assertThat(lineWith("-Xms2m")).contains("-Xmx1048576");
  }

  @Test
  void shouldChooseNoCollectorWhenTheJobDoes() {
    for (String option : List.of("-XX:+UseZGC", "-XX:+UseG1GC", "-XX:+UseSerialGC")) {
      assertThat(lineWith(option)).contains(option).doesNotContain("-XX:+UseParallelGC");
    }
    assertThat(lineWith("-XX:+UseStringDeduplication")).contains("-XX:+UseParallelGC");
  }

  @Test
  void shouldLeaveTheDebuggerOutWhenTheEnvironmentHasOne() {
    Map<String, String> inherited =
        Map.of(
            "JAVA_TOOL_OPTIONS",
            "-Da=1 -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -Db=2",
            "JDK_JAVA_OPTIONS",
            "-Xrunjdwp:transport=dt_socket",
            "HOME",
            "/home",
            "MOBULA_TOKEN",
            "secret");
    assertThat(
            WorkerCommand.of("/jdk", CLASS_PATH, List.of(), inherited)
                .environment(Map.of("MOBULA_JOB", "1")))
        .isEqualTo(
            Map.of("JAVA_TOOL_OPTIONS", "-Da=1   -Db=2", "HOME", "/home", "MOBULA_JOB", "1"));
  }

  private static List<String> lineWith(String... options) {
    return command("java").line(new JobJvm(List.of(), List.of(options)), HEAP_BYTES);
  }

  private static WorkerCommand command(String... ownCommandLine) {
    return WorkerCommand.of("/jdk", CLASS_PATH, List.of(ownCommandLine), Map.of());
  }
}
