package io.mobula.examples.census;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The class files of jars, each opened when first read from. */
final class JarFiles implements ClassFiles {
  private static final String SUFFIX = ".class";

  private final Map<String, ZipFile> opened = new HashMap<>();

  static List<Name> list(List<Path> jars) throws IOException {
    List<Name> names = new ArrayList<>();
    for (Path jar : jars) {
      String container = jar.toAbsolutePath().normalize().toString();
      try (ZipFile zip = open(container)) {
        zip.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.endsWith(SUFFIX))
            .sorted()
            .distinct()
            .map(name -> new Name(container, name.substring(0, name.length() - SUFFIX.length())))
            .forEach(names::add);
      }
    }
    return names;
  }

  private static ZipFile open(String jar) throws IOException {
    if (!Files.isReadable(Path.of(jar))) {
      throw new IOException("can't read the jar " + jar + ": give the path of a file");
    }
    try {
      return new ZipFile(jar);
    } catch (ZipException e) {
      throw new IOException("not a jar: " + jar + ": " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(String container, String name) throws IOException {
    ZipFile zip = opened.get(container);
    if (zip == null) {
      zip = open(container);
      opened.put(container, zip);
    }
    ZipEntry entry = zip.getEntry(name + SUFFIX);
    if (entry == null) {
      throw new IOException("the jar differs from the driver's: " + container + " lacks " + name);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() throws IOException {
    for (ZipFile zip : opened.values()) {
      zip.close();
    }
  }
}
