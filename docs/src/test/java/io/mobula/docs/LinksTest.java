package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
  private static final int LINE_LENGTH_MAX = 140;

  @Test
  void shouldLeadSomewhereWhenALinkIsRelative() {
    List<String> broken = new ArrayList<>();
    for (Page page : Page.all()) {
      LINK.matcher(String.join("\n", page.lines()))
          .results()
          .map(match -> match.group(1))
          .forEach(target ->
              problem(page.path(), target)
                  .ifPresent(problem -> broken.add(page.name() + ": " + problem)));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void shouldBeReportedWhenALinkIsBroken() {
    Path readme = Page.REPOSITORY.resolve("README.md");
    assertThat(problem(readme, "docs/nowhere.md")).isPresent();
    assertThat(problem(readme, "docs/README.md#no-such-heading")).isPresent();
    assertThat(problem(readme, "docs/README.md#documentation")).isEmpty();
    assertThat(problem(readme, "https://example.org/x")).isEmpty();
  }

  @Test
  void shouldFitOnAScreenWhenAPageHasText() {
    List<String> tooLong = new ArrayList<>();
    for (Page page : Page.all()) {
      for (int i = 0; i < page.lines().size(); i++) {
        String line = page.lines().get(i);
        if (line.length() > LINE_LENGTH_MAX && !line.startsWith("|")) {
          tooLong.add(page.name() + ":" + (i + 1));
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  private static Optional<String> problem(Path page, String target) {
    if (ELSEWHERE.matcher(target).matches()) {
      return Optional.empty();
    }
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (!Files.exists(path)) {
      return Optional.of("no such file: " + target);
    }
    if (hash < 0) {
      return Optional.empty();
    }
    String anchor = target.substring(hash + 1);
    return Page.read(path).lines().stream()
            .filter(line -> line.startsWith("#"))
            .anyMatch(line -> anchorOf(line).equals(anchor))
        ? Optional.empty()
        : Optional.of("no such heading: " + target);
  }

  /** As the usual renderers make it. */
  private static String anchorOf(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9 _-]", "")
        .replace(' ', '-');
  }
}
