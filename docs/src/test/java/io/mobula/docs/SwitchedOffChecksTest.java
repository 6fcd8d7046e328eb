package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SwitchedOffChecksTest {
  private static final Pattern OFF = Pattern.compile("-Xep:(\\w+):OFF");
  private static final Pattern LINT = Pattern.compile("-Xlint:all((?:,-\\w+)*)");
  private static final Pattern CHECK = Pattern.compile("`([A-Z]\\w+)`");
  private static final Pattern LINT_ROW = Pattern.compile("`-Xlint:(\\w+)`");

  @Test
  void shouldBeThoseOfTheDecisionWhenTheBuildSwitchesChecksOff() throws IOException {
    String pom = Files.readString(Page.REPOSITORY.resolve("pom.xml"));
    String rows =
        Page.read(Page.REPOSITORY.resolve("docs/decisions/0010-checks-that-are-off.md"))
            .lines()
            .stream()
            .filter(line -> line.startsWith("|"))
            .map(line -> line.substring(0, line.indexOf('|', 1)))
            .collect(Collectors.joining("\n"));
    assertThat(all(CHECK, rows)).isEqualTo(all(OFF, pom));
    SortedSet<String> lints = new TreeSet<>();
    for (String list : all(LINT, pom)) {
      for (String lint : list.split(",-", -1)) {
        if (!lint.isEmpty()) {
          lints.add(lint);
        }
      }
    }
    lints.remove("all");
    assertThat(all(LINT_ROW, rows)).isEqualTo(lints);
  }

  private static SortedSet<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
