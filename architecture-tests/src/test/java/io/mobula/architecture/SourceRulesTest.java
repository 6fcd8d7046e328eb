package io.mobula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that only the source text shows. */
final class SourceRulesTest {
  private static final Pattern BARE_MARK = Pattern.compile("\\b(TODO(?!\\(#?\\w)|FIXME|XXX)\\b");
  private static final Pattern CATCH_ALL = Pattern.compile("catch \\([^)]*\\bThrowable\\b[^)]*\\)");
  private static final Pattern SYNCHRONIZED =
      Pattern.compile("^(?!\\s*(\\*|//)).*\\bsynchronized\\b");
  private static final Pattern SLEEP =
      Pattern.compile("Thread\\s*\\.\\s*sleep|TimeUnit\\.[A-Z]+\\.sleep|\\.pollDelay\\(");
  private static final Pattern SWITCHED_OFF =
      Pattern.compile("@Disabled\\b|\\bassum(e|ing)That\\(|\\bassume(True|False)\\(");
  private static final int PACKAGE_DOC_LINES_MAX = 15;

  @Test
  void shouldBeNullMarkedAndDescribedWhenAPackageHasClasses() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Module module : Module.values()) {
      Set<Path> packages = new TreeSet<>();
      for (Path source : module.mainSources()) {
        packages.add(source.resolveSibling("package-info.java"));
      }
      for (Path packageInfo : packages) {
        if (!Files.exists(packageInfo)) {
          violations.add(Module.nameOf(packageInfo) + " is missing");
          continue;
        }
        String text = Files.readString(packageInfo);
        long docLines = text.lines().filter(line -> line.startsWith(" * ")).count();
        if (!text.contains("@NullMarked")) {
          violations.add(Module.nameOf(packageInfo) + " is not @NullMarked");
        }
        if (!text.startsWith("/**") || docLines > PACKAGE_DOC_LINES_MAX) {
          violations.add(Module.nameOf(packageInfo) + " has no description of 1 to 15 lines");
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void shouldNameAnIssueWhenSomethingIsLeftToDo() throws IOException {
    List<Path> sources = new ArrayList<>(testSources());
    for (Module module : Module.values()) {
      sources.addAll(module.mainSources());
    }
    assertThat(matches(sources, BARE_MARK)).as("Write TODO(#issue), or do it").isEmpty();
  }

  @Test
  void shouldCatchThrowableOnlyInListedClassesWhenCodeMayThrow() throws IOException {
    assertOnlyIn("catch-throwable.txt", CATCH_ALL, runtimeSources());
  }

  @Test
  void shouldSynchronizeOnlyInListedClassesWhenStateIsShared() throws IOException {
    assertOnlyIn("synchronized.txt", SYNCHRONIZED, runtimeSources());
  }

  @Test
  void shouldAwaitWithADeadlineWhenATestWaits() throws IOException {
    assertThat(matches(testSources(), SLEEP)).isEmpty();
  }

  @Test
  void shouldRunWhenATestIsWritten() throws IOException {
    assertOnlyIn("switched-off.txt", SWITCHED_OFF, testSources());
  }

  private static List<Path> testSources() {
    return Arrays.stream(Module.values()).flatMap(module -> module.testSources().stream()).toList();
  }

  private static List<Path> runtimeSources() {
    return Module.ofTheRuntime().stream().flatMap(module -> module.mainSources().stream()).toList();
  }

  private static void assertOnlyIn(String allowListFile, Pattern pattern, List<Path> sources)
      throws IOException {
    AllowList allowed = AllowList.read(allowListFile);
    List<String> violations = new ArrayList<>();
    for (Path source : sources) {
      List<String> found = matches(List.of(source), pattern);
      if (!found.isEmpty() && !allowed.permits(classNameOf(source))) {
        violations.addAll(found);
      }
    }
    assertThat(violations)
        .as("If the class has to, add it with a reason to %s", allowed.location())
        .isEmpty();
    assertThat(allowed.unusedEntries())
        .as("Entries that excuse nothing; remove them from %s", allowed.location())
        .isEmpty();
  }

  private static List<String> matches(List<Path> sources, Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path source : sources) {
      try (Stream<String> lines = Files.lines(source)) {
        int[] number = {0};
        lines.forEach(line -> {
          number[0]++;
          if (pattern.matcher(line).find()) {
            found.add(Module.nameOf(source) + ":" + number[0] + " " + line.strip());
          }
        });
      }
    }
    return found;
  }

  private static String classNameOf(Path source) {
    String name = source.toString();
    int start = name.indexOf("/java/io/") + "/java/".length();
    return name.substring(start, name.length() - ".java".length()).replace('/', '.');
  }
}
