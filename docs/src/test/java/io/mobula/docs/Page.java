package io.mobula.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A page of Markdown and its code blocks.
 *
 * @param path of the file
 * @param lines of the file
 * @param blocks in order
 */
record Page(Path path, List<String> lines, List<CodeBlock> blocks) {
  /** The folder that holds all modules; tests run in that of this module. */
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  private static final String FENCE = "```";

  /** The README, the changelog, how to contribute, and everything in this module. */
  static List<Page> all() {
    List<Page> pages = new ArrayList<>();
    for (String name : List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md")) {
      pages.add(read(REPOSITORY.resolve(name)));
    }
    try (Stream<Path> files = Files.walk(REPOSITORY.resolve("docs"))) {
      files
          .filter(file -> file.toString().endsWith(".md") && !file.toString().contains("/target/"))
          .sorted()
          .map(Page::read)
          .forEach(pages::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pages;
  }

  static Page read(Path path) {
    try {
      return parse(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page parse(Path path, String text) {
    List<String> lines = text.lines().toList();
    List<CodeBlock> blocks = new ArrayList<>();
    String name = nameOf(path);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        CodeBlock block = block(name, lines, i);
        i = endOf(lines, i);
        Optional<String> output = Optional.empty();
        int next = firstNonBlank(lines, i + 1);
        if (block.is("java") && next < lines.size() && lines.get(next).equals(FENCE + "text")) {
          output = Optional.of(block(name, lines, next).text());
        }
        blocks.add(new CodeBlock(name, block.line(), block.language(), block.text(), output));
      }
    }
    return new Page(path, lines, blocks);
  }

  /** The path in the repository. */
  String name() {
    return nameOf(path);
  }

  private static String nameOf(Path path) {
    return path.startsWith(REPOSITORY) ? REPOSITORY.relativize(path).toString() : path.toString();
  }

  private static CodeBlock block(String page, List<String> lines, int fence) {
    int end = endOf(lines, fence);
    String text = String.join("\n", lines.subList(fence + 1, end));
    String language = lines.get(fence).substring(FENCE.length()).strip();
    return new CodeBlock(page, fence + 2, language, text, Optional.empty());
  }

  private static int endOf(List<String> lines, int fence) {
    for (int i = fence + 1; i < lines.size(); i++) {
      if (lines.get(i).equals(FENCE)) {
        return i;
      }
    }
    throw new IllegalStateException("block without end: line=" + (fence + 1));
  }

  private static int firstNonBlank(List<String> lines, int start) {
    int i = start;
    while (i < lines.size() && lines.get(i).isBlank()) {
      i++;
    }
    return i;
  }
}
