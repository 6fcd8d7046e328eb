package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of the pages, each in a JVM without flags, and compares what they print. */
final class JavaSnippetsIT {
  private static final long RUN_SECONDS_MAX = 100;

  @TempDir private Path folder;

  @Test
  void shouldPrintWhatTheReadmeShowsWhenItsProgramRuns() throws Exception {
    Page page = Page.read(Page.REPOSITORY.resolve("README.md"));
    List<CodeBlock> programs = page.blocks().stream().filter(CodeBlock::hasMain).toList();
    assertThat(programs).hasSize(1);
    CodeBlock program = programs.getFirst();
    assertThat(run(page, program.typeName().orElseThrow()))
        .isEqualTo(program.output().orElseThrow() + "\n");
  }

  @Test
  void shouldPrintWhatTheGuideShowsWhenItsBodiesRun() throws Exception {
    Page page = Page.read(Page.REPOSITORY.resolve("docs/getting-started.md"));
    List<CodeBlock> bodies = SnippetCompiler.runnableBodies(page);
    Map<String, String> expected = new LinkedHashMap<>();
    bodies.forEach(
        body -> expected.put(Integer.toString(body.line()), body.output().orElseThrow()));
    assertThat(expected).hasSizeGreaterThan(5);
    assertThat(byLine(run(page, "Programs"))).containsExactlyEntriesOf(expected);
  }

  @Test
  void shouldRunOnAPageThatIsKnownHereWhenABlockShowsItsOutput() {
    assertThat(Page.all())
        .filteredOn(page -> page.blocks().stream().anyMatch(b -> b.output().isPresent()))
        .extracting(Page::name)
        .containsExactly("README.md", "docs/getting-started.md");
  }

  private String run(Page page, String mainClass) throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    assertThat(SnippetCompiler.compile(page, classes)).isEmpty();
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                mainClass)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MOBULA_"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(err)).isEmpty();
    assertThat(process.exitValue()).isZero();
    return Files.readString(out);
  }

  private static Map<String, String> byLine(String output) {
    Map<String, StringBuilder> texts = new LinkedHashMap<>();
    Optional<StringBuilder> current = Optional.empty();
    for (String line : output.lines().toList()) {
      if (line.startsWith(SnippetCompiler.MARK)) {
        StringBuilder fresh = new StringBuilder();
        texts.put(line.substring(SnippetCompiler.MARK.length()), fresh);
        current = Optional.of(fresh);
      } else {
        StringBuilder text = current.orElseThrow();
        text.append(text.isEmpty() ? "" : "\n").append(line);
      }
    }
    Map<String, String> result = new LinkedHashMap<>();
    texts.forEach((line, text) -> result.put(line, text.toString()));
    return result;
  }
}
