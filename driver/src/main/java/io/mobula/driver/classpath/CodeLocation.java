package io.mobula.driver.classpath;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A place of classes, as the URL of a class loader names it: a folder or jar, or something within a
 * jar. Pure.
 *
 * @param file the folder or jar
 * @param entry what is meant in the jar: another jar, or a folder, whose name ends with a slash;
 *     empty for all of it
 */
record CodeLocation(Path file, String entry) {
  private static final String JAR = "jar:";
  private static final String FILE = "file:";
  private static final String NESTED = "nested:";

  /**
   * Reads it.
   *
   * @return null if it is neither a file nor in one
   */
  static @Nullable CodeLocation of(URL url) {
    String text = url.toExternalForm();
    if (text.startsWith(JAR)) {
      text = text.substring(JAR.length());
    }
    try {
      if (text.startsWith(NESTED)) {
        // nested:/program.jar/!BOOT-INF/lib/other.jar!/
        return split(text.substring(NESTED.length()), "/!");
      }
      if (text.startsWith(FILE)) {
        // file:/program.jar!/BOOT-INF/lib/other.jar!/
        return split(text.substring(FILE.length()), "!/");
      }
      return null;
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return null;
    }
  }

  boolean isNested() {
    return !entry.isEmpty();
  }

  boolean isFolderInJar() {
    return entry.endsWith("/");
  }

  private static @Nullable CodeLocation split(String text, String separator)
      throws URISyntaxException {
    int end = text.indexOf(separator);
    String file = end < 0 ? text : text.substring(0, end);
    String entry = end < 0 ? "" : text.substring(end + separator.length());
    if (entry.endsWith("!/")) {
      entry = entry.substring(0, entry.length() - 2);
      if (!entry.endsWith("/") && !entry.endsWith(".jar")) {
        entry += "/";
      }
    }
    boolean isDeeper = entry.contains("!/");
    return isDeeper ? null : new CodeLocation(path(file), decode(entry));
  }

  private static Path path(String text) throws URISyntaxException {
    try {
      return Path.of(new URI(FILE + text)).normalize();
    } catch (URISyntaxException e) {
      // A URL, unlike a URI, may have a space in it.
      return Path.of(new URI("file", null, text, null)).normalize();
    }
  }

  private static String decode(String entry) throws URISyntaxException {
    return entry.contains("%") ? new URI("/" + entry).getPath().substring(1) : entry;
  }
}
