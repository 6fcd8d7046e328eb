package io.mobula.driver;

import io.mobula.proto.ClassPathEntry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The driver's class path, as workers need it: every jar and folder by absolute path, and, for
 * nodes on other hosts, by content.
 */
final class ClassPathScan {
  private final List<Path> paths;

  private ClassPathScan(List<Path> paths) {
    this.paths = paths;
  }

  /**
   * Scans a class path, such as that of {@code java.class.path}. What does not exist is left out,
   * as the JVM does.
   */
  static ClassPathScan of(String classPath) throws IOException {
    Set<Path> paths = new LinkedHashSet<>();
    for (String element : classPath.split(File.pathSeparator, -1)) {
      if (element.endsWith(File.separator + "*")) {
        addJars(Path.of(element.substring(0, element.length() - 2)), paths);
      } else {
        Path path = Path.of(element).toAbsolutePath().normalize();
        if (Files.exists(path)) {
          paths.add(path);
        }
      }
    }
    return new ClassPathScan(List.copyOf(paths));
  }

  /** The entries for nodes that all are on this host: they read the same files. */
  List<ClassPathEntry> byPath() {
    List<ClassPathEntry> entries = new ArrayList<>();
    for (Path path : paths) {
      entries.add(
          ClassPathEntry.newBuilder()
              .setPath(path.toString())
              .setIsFolder(Files.isDirectory(path))
              .build());
    }
    return entries;
  }

  /**
   * The entries with their hashes, for nodes anywhere.
   *
   * @param packages gets what hash is which file or folder
   */
  List<ClassPathEntry> byContent(PackageSource packages) throws IOException {
    List<ClassPathEntry> entries = new ArrayList<>();
    for (Path path : paths) {
      PackageSource.Content content = packages.add(path);
      entries.add(
          ClassPathEntry.newBuilder()
              .setPath(path.toString())
              .setIsFolder(Files.isDirectory(path))
              .setSha256(content.sha256())
              .setSizeBytes(content.sizeBytes())
              .build());
    }
    return entries;
  }

  private static void addJars(Path folder, Set<Path> paths) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
          .sorted()
          .forEach(file -> paths.add(file.toAbsolutePath().normalize()));
    }
  }
}
