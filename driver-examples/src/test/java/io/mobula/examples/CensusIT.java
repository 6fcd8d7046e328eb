package io.mobula.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.examples.census.CensusMain;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a cluster of two nodes. */
final class CensusIT {
  @TempDir private Path folder;

  @Test
  void shouldAgreeWithOneThreadWhenVerified() throws Exception {
    Path report = folder.resolve("census.html");
    Program demo =
        Program.run(
            folder,
            CensusMain.class,
            "--limit",
            "600",
            "--chunk",
            "40",
            "--verify",
            "--report",
            report.toString());
    assertThat(demo.exitCode()).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains("A cluster of 2 nodes, ")
        .contains("Counting 600 class files of JDK " + Runtime.version() + " in 15 chunks")
        .contains("600 classes, ")
        .contains("Most-called methods")
        .contains("java.lang.Object.<init>")
        .containsPattern("(?m)^java\\.base +600 ")
        .containsPattern("\\d+ of 15 chunks ran on the head ")
        .containsPattern("\\d+ of 15 chunks ran on the node ")
        .contains("Report: " + report)
        .contains("All totals are equal: ");
    assertThat(Files.readString(report)).contains("<svg ", "java.lang.Object.&lt;init&gt;");
  }

  @Test
  void shouldCountTheJarWhenGivenOne() throws Exception {
    Path jar = Path.of(Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Program demo =
        Program.run(
            folder,
            CensusMain.class,
            "--jar",
            jar.toString(),
            "--verify",
            "--report",
            folder.resolve("census.html").toString());
    assertThat(demo.exitCode()).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains("class files of " + jar.getFileName())
        .contains("All totals are equal: ");
  }

  @Test
  void shouldSayWhatIsWrongInOneLineWhenItCannotRun() throws Exception {
    assertThat(Program.run(folder, CensusMain.class, "--verfy"))
        .isEqualTo(
            new Program(
                "mobula demo: unknown option '--verfy': did you mean --verify?"
                    + " See --help for all\n",
                2));
    Path missing = folder.resolve("missing.jar");
    assertThat(Program.run(folder, CensusMain.class, "--jar", missing.toString()))
        .isEqualTo(
            new Program(
                "mobula demo: can't read the jar " + missing + ": give the path of a file\n", 1));
  }
}
