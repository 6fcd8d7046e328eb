package io.mobula.examples.census;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The class files of the running JDK, out of its runtime image ({@code jrt:}). */
final class JdkImage implements ClassFiles {
  private static final String SUFFIX = ".class";

  private final FileSystem image = image();

  static List<Name> list() throws IOException {
    Path modules = image().getPath("/modules");
    try (Stream<Path> files = Files.walk(modules)) {
      return files
          .map(file -> modules.relativize(file).toString())
          .filter(file -> file.endsWith(SUFFIX))
          .map(JdkImage::name)
          .sorted(Comparator.comparing(Name::container).thenComparing(Name::name))
          .toList();
    }
  }

  private static Name name(String file) {
    int slash = file.indexOf('/');
    return new Name(
        file.substring(0, slash), file.substring(slash + 1, file.length() - SUFFIX.length()));
  }

  private static FileSystem image() {
    return FileSystems.getFileSystem(URI.create("jrt:/"));
  }

  @Override
  public byte[] read(String container, String name) throws IOException {
    try {
      return Files.readAllBytes(image.getPath("/modules", container, name + SUFFIX));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the JDK of this node differs from the driver's: it lacks "
              + container
              + "/"
              + name
              + ", java="
              + Runtime.version(),
          e);
    }
  }

  /** The image belongs to the JDK and stays open. */
  @Override
  public void close() {}
}
