package io.mobula.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Loaded classes in a file, from which child JVMs start in half the time. The build makes it before
 * the integration tests; without one, processes start as they always did. Immutable.
 *
 * <p>The JVM uses it if the class path begins with the jars that it was made from, in their order.
 * Folders can't be among them, so the classes of tests come after.
 *
 * @param file what {@code -XX:SharedArchiveFile} names; the jars are listed in a file beside it
 */
record ClassArchive(Path file) {
  private static final String PROPERTY = "mobula.testkit.class-archive";

  /** Processes without an archive lose a second, and nothing that a test looks at. */
  private static final String SILENT = "-Xlog:cds*=off,aot*=off";

  /** That of this build, if a system property names one. */
  static ClassArchive ofBuild() {
    return new ClassArchive(Path.of(System.getProperty(PROPERTY, "")));
  }

  /** The file beside it that has its jars, one a line. */
  Path jarsFile() {
    return file.resolveSibling(file.getFileName() + ".jars");
  }

  /** The JVM's arguments for a class path: the archive, if it has one, and the class path. */
  List<String> arguments(String classPath) {
    Set<String> entries =
        new LinkedHashSet<>(Arrays.asList(classPath.split(File.pathSeparator, -1)));
    List<String> jars = jars();
    if (jars.isEmpty() || !entries.containsAll(jars)) {
      return List.of("-cp", classPath);
    }
    Set<String> ordered = new LinkedHashSet<>(jars);
    ordered.addAll(entries);
    return List.of(
        "-XX:SharedArchiveFile=" + file, SILENT, "-cp", String.join(File.pathSeparator, ordered));
  }

  private List<String> jars() {
    try {
      return Files.isRegularFile(file) ? Files.readAllLines(jarsFile()) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
