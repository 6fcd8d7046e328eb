package io.mobula.driver.classpath;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Collects the folders and jars of which a class path has the classes of a {@link JvmView}, in the
 * order in which its class loaders ask them. What does not exist is left out, as the JVM does. Used
 * by one thread.
 *
 * <p>A jar is followed by those that its manifest's Class-Path names: on another host it will lie
 * in another folder, and they not beside it. A jar that other jars were copied out of is left out:
 * whatever the program uses of it was copied.
 */
final class ClassPathSearch {
  private static final System.Logger LOG = System.getLogger(ClassPathSearch.class.getName());
  private static final String BOOT_APPEND = "-Xbootclasspath/a:";
  private static final String AGENT = "-javaagent:";

  private final Set<Path> found = new LinkedHashSet<>();
  private final Set<Path> opened = new LinkedHashSet<>();
  private final NestedJars nested;

  /** Makes a search that found nothing yet. */
  ClassPathSearch(NestedJars nested) {
    this.nested = nested;
  }

  /** All that the view names. */
  void addAll(JvmView view) throws IOException {
    for (String argument : view.arguments()) {
      if (argument.startsWith(BOOT_APPEND)) {
        addClassPath(argument.substring(BOOT_APPEND.length()));
      }
    }
    addClassPath(view.classPath());
    for (String argument : view.arguments()) {
      if (argument.startsWith(AGENT)) {
        // The JVM itself appends agents to the class path.
        addFile(Path.of(argument.substring(AGENT.length()).replaceFirst("=.*", "")));
      }
    }
    view.modules().forEach(this::addFile);
    for (ClassLoader loader : view.loaders()) {
      if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          addUrl(url);
        }
      }
    }
  }

  /** What was found. */
  List<Path> paths() {
    return found.stream().filter(path -> !opened.contains(path)).toList();
  }

  /** Elements between colons; one that ends with {@code /*} means all jars of a folder. */
  void addClassPath(String classPath) throws IOException {
    if (classPath.isEmpty()) {
      return;
    }
    for (String element : classPath.split(File.pathSeparator, -1)) {
      if (element.equals("*") || element.endsWith(File.separator + "*")) {
        addJarsOf(Path.of(element.substring(0, element.length() - 1)));
      } else {
        // Empty means the current folder.
        addFile(Path.of(element));
      }
    }
  }

  /** A folder or jar. */
  void addFile(Path file) {
    Path path = file.toAbsolutePath().normalize();
    if (Files.exists(path) && found.add(path) && Files.isRegularFile(path)) {
      manifestClassPath(path).forEach(this::addFile);
    }
  }

  /** Where a class loader looks. */
  void addUrl(URL url) throws IOException {
    CodeLocation location = CodeLocation.of(url);
    if (location == null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "workers will not have the classes of {0}: only those of files reach them",
          url);
    } else if (!location.isNested()) {
      addFile(location.file());
    } else if (Files.isRegularFile(location.file())) {
      Path copy = nested.copyOf(location);
      if (copy != null) {
        found.add(copy);
        opened.add(location.file().toAbsolutePath().normalize());
      }
    }
  }

  private void addJarsOf(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder.toAbsolutePath())) {
      files
          .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
          .sorted()
          .forEach(this::addFile);
    }
  }

  private static List<Path> manifestClassPath(Path jar) {
    String value;
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      value =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    } catch (IOException e) {
      // Not a jar: the JVM ignores it on a class path, and so will the workers'.
      return List.of();
    }
    if (value == null) {
      return List.of();
    }
    return Stream.of(value.strip().split("\\s+"))
        .filter(element -> !element.isEmpty())
        .flatMap(element -> resolve(jar, element))
        .toList();
  }

  private static Stream<Path> resolve(Path jar, String element) {
    try {
      URI uri = jar.toUri().resolve(element);
      return "file".equals(uri.getScheme()) ? Stream.of(Path.of(uri)) : Stream.empty();
    } catch (IllegalArgumentException e) {
      // Not a URI: the JVM ignores it.
      return Stream.empty();
    }
  }
}
