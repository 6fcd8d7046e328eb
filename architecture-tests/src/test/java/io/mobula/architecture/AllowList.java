package io.mobula.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The classes that a rule does not bind, read from a text file beside this class.
 *
 * <p>A line is a fully qualified top-level class name, or a package followed by two dots for it and
 * everything below, then blanks, then the reason. Lines that start with # are comments. An entry
 * that excuses nothing is an error, so that the list stays as short as the truth.
 */
final class AllowList {
  private final String fileName;
  private final Map<String, String> reasonByEntry = new LinkedHashMap<>();
  private final Set<String> usedEntries = new LinkedHashSet<>();

  private AllowList(String fileName) {
    this.fileName = fileName;
  }

  static AllowList read(String fileName) {
    AllowList list = new AllowList(fileName);
    try (InputStream in =
        Objects.requireNonNull(AllowList.class.getResourceAsStream(fileName), fileName)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(list::addLine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return list;
  }

  private void addLine(String line) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    String[] parts = line.strip().split("\\s+", 2);
    if (parts.length < 2) {
      throw new IllegalArgumentException(
          "entry without a reason: file=" + fileName + ", line=" + line);
    }
    if (reasonByEntry.put(parts[0], parts[1]) != null) {
      throw new IllegalArgumentException(
          "entry given twice: file=" + fileName + ", entry=" + parts[0]);
    }
  }

  /** Whether the top-level class, or the package it is in, is listed. */
  boolean permits(String topLevelClassName) {
    for (String entry : reasonByEntry.keySet()) {
      boolean isMatch =
          entry.endsWith("..")
              ? topLevelClassName.startsWith(entry.substring(0, entry.length() - 1))
              : topLevelClassName.equals(entry);
      if (isMatch) {
        usedEntries.add(entry);
        return true;
      }
    }
    return false;
  }

  Set<String> unusedEntries() {
    Set<String> unused = new LinkedHashSet<>(reasonByEntry.keySet());
    unused.removeAll(usedEntries);
    return unused;
  }

  String location() {
    return "architecture-tests/src/test/resources/io/mobula/architecture/" + fileName;
  }
}
