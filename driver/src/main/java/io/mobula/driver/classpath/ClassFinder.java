package io.mobula.driver.classpath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

/** Looks for class files in folders and jars. */
final class ClassFinder {
  private ClassFinder() {}

  /** Whether a class path of these has the class. */
  static boolean isIn(Class<?> type, List<Path> paths) {
    String file = type.getName().replace('.', '/') + ".class";
    return paths.stream().anyMatch(path -> isIn(file, path));
  }

  private static boolean isIn(String file, Path path) {
    if (Files.isDirectory(path)) {
      return Files.isRegularFile(path.resolve(file));
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      return jar.getEntry(file) != null;
    } catch (IOException e) {
      // Not a jar: the JVM finds nothing in it either.
      return false;
    }
  }
}
