package io.mobula.docs;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page.
 *
 * @param page the page's path in the repository
 * @param line of its first line of text
 * @param language what follows the fence
 * @param text without the fences
 * @param output the text block that follows at once, if one does
 */
record CodeBlock(String page, int line, String language, String text, Optional<String> output) {
  private static final Pattern TOP_LEVEL_TYPE =
      Pattern.compile(
          "(?m)^(?:(?:public|final|abstract|sealed|non-sealed) )*(?:class|record|interface|enum)"
              + " (\\w+)");

  boolean is(String wanted) {
    return language.equals(wanted);
  }

  /** The top-level class that it declares; empty for a body. */
  Optional<String> typeName() {
    Matcher matcher = TOP_LEVEL_TYPE.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Whether it is a program of its own. */
  boolean hasMain() {
    return typeName().isPresent() && text.contains("void main(");
  }

  /** For messages. */
  String place() {
    return page + ":" + line;
  }
}
