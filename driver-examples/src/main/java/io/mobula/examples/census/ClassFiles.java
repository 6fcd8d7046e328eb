package io.mobula.examples.census;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where class files are read from, by name: every process that counts opens its own. Used by one
 * thread.
 */
sealed interface ClassFiles extends AutoCloseable permits JdkImage, JarFiles {
  /**
   * A class file.
   *
   * @param container the module or the jar that it is in
   * @param name its path in there, without {@code .class}: for most classes the class's own name
   */
  record Name(String container, String name) {}

  static ClassFiles open(boolean isJdk) {
    return isJdk ? new JdkImage() : new JarFiles();
  }

  /**
   * The names of all class files, in a fixed order.
   *
   * @param jars the jars; empty for the running JDK
   */
  static List<Name> list(List<Path> jars) throws IOException {
    return jars.isEmpty() ? JdkImage.list() : JarFiles.list(jars);
  }

  /** The bytes of a class file. */
  byte[] read(String container, String name) throws IOException;

  @Override
  void close() throws IOException;
}
