package io.mobula.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenPartsTest {
  private final List<String> closed = new ArrayList<>();
  private final OpenParts parts = new OpenParts();

  @Test
  void shouldCloseInOppositeOrderOnceWhenClosedTwice() {
    parts.add("one", () -> closed.add("one"));
    parts.add("two", () -> closed.add("two"));
    parts.close();
    parts.close();
    assertThat(closed).containsExactly("two", "one");
  }

  @Test
  void shouldCloseTheRestWhenPartsThrow() {
    parts.add("first", () -> closed.add("first"));
    parts.add(
        "no disk",
        () -> {
          throw new IOException("on purpose");
        });
    parts.add(
        "a bug",
        () -> {
          throw new IllegalStateException("on purpose");
        });
    parts.add(
        "no threads",
        () -> {
          throw new OutOfMemoryError("on purpose");
        });
    parts.add("last", () -> closed.add("last"));
    parts.close();
    assertThat(closed).containsExactly("last", "first");
  }
}
