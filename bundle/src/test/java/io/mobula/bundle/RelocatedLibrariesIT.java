package io.mobula.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Runs small programs with nothing but the jar on the class path: the relocated libraries must
 * still find themselves.
 */
final class RelocatedLibrariesIT {
  private static final Path PROGRAMS = Path.of("src", "test", "programs");
  private static final long TIMEOUT_SECONDS = 60;

  @Test
  void shouldServeACallWhenGrpcAndNettyAreRelocated() throws Exception {
    assertThat(run("RelocatedGrpc.java")).isEqualTo("echo ping\n");
  }

  /** Standard output and error of the program, which must end with 0. */
  private static String run(String program, String... jvmOptions)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(List.of(jvmOptions));
    command.addAll(
        List.of(
            "-Xmx256m", "-cp", BundleJar.path().toString(), PROGRAMS.resolve(program).toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
