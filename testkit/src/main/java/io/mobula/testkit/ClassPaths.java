package io.mobula.testkit;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Class paths of child processes, made from this JVM's. Pure. */
public final class ClassPaths {
  private ClassPaths() {}

  /** This JVM's, less the entry that the class is from. */
  public static String without(Class<?> type) {
    Path left = placeOf(type);
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty() && !Path.of(entry).toAbsolutePath().equals(left))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The folder or jar that the class is from. */
  public static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no class of a folder or jar: " + type.getName(), e);
    }
  }
}
