package io.mobula.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user whose other dependencies bring libraries that Mobula uses too, in versions of their own:
 * the driver, its tasks and its actors get those, in whatever order the class path names them.
 */
final class ForeignLibrariesIT {
  private static final List<String> LIBRARIES =
      List.of(
          "protobuf-java-3.25.5.jar 7: 42",
          "guava-16.0.1.jar %s",
          "fory-core-1.6.0.jar %s",
          "grpc-api-1.60.0.jar %s",
          "netty-common-4.1.118.Final.jar 4.1.118.Final");

  /**
   * What the JDK says, once in a process, of the first class that uses Unsafe. Fory and protobuf 3
   * do. Had Mobula's own classes been the first, these would name them.
   */
  private static final String WARNING_OF_USERS_LIBRARY =
      "(\\(.+ pid=\\d+ node=\\S+\\) )?WARNING: "
          + "(A terminally deprecated method in sun\\.misc\\.Unsafe has been called"
          + "|sun\\.misc\\.Unsafe::\\w+ has been called by"
          + " (org\\.apache\\.fory|com\\.google\\.protobuf)\\.\\S+ \\(file:\\S+\\)"
          + "|Please consider reporting this to the maintainers of class"
          + " (org\\.apache\\.fory|com\\.google\\.protobuf)\\.\\S+"
          + "|sun\\.misc\\.Unsafe::\\w+ will be removed in a future release)";

  @TempDir Path folder;

  @Test
  void shouldGetTheUsersLibrariesWhenTheyComeBeforeTheBundle() throws Exception {
    List<Path> jars = new ArrayList<>(foreignJars());
    jars.addLast(BundleJar.path());
    assertUndisturbed(jars);
  }

  @Test
  void shouldGetTheUsersLibrariesWhenTheyComeAfterTheBundle() throws Exception {
    List<Path> jars = new ArrayList<>(foreignJars());
    jars.addFirst(BundleJar.path());
    assertUndisturbed(jars);
  }

  private void assertUndisturbed(List<Path> jars) throws Exception {
    UserProgram.Outcome outcome = new UserProgram("ForeignLibraries", jars, folder).run();
    assertThat(outcome.err())
        .as(outcome.toString())
        .allMatch(line -> line.matches(WARNING_OF_USERS_LIBRARY));
    assertThat(outcome.out())
        .containsExactlyElementsOf(
            Stream.of(
                    lines("driver", "of the driver"),
                    lines("task", "of a task"),
                    lines("actor", "of an actor"),
                    Stream.of("values 42", "open true", "closed"))
                .flatMap(lines -> lines)
                .toList());
    assertThat(outcome.exitCode()).isZero();
  }

  private static Stream<String> lines(String where, String text) {
    return LIBRARIES.stream().map(line -> where + " " + line.replace("%s", text));
  }

  private static List<Path> foreignJars() {
    List<Path> jars =
        UserProgram.jarsIn(Path.of(Objects.requireNonNull(System.getProperty("mobula.foreign"))));
    assertThat(jars).hasSameSizeAs(LIBRARIES);
    return jars;
  }
}
