package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.MobulaException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The user's guide lists what may be caught. */
final class ExceptionTableTest {
  private static final Pattern NAME = Pattern.compile("`(\\w+Exception)`");

  @Test
  void shouldHaveEveryExceptionOnceWhenTheTableIsRead() {
    List<String> names =
        Page.read(Page.REPOSITORY.resolve("docs/getting-started.md")).lines().stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.indexOf('|', 1)))
            .flatMap(cell -> NAME.matcher(cell).results())
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(MobulaException.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList());
  }
}
