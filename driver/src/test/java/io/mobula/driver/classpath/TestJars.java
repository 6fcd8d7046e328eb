package io.mobula.driver.classpath;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Jars for tests. */
final class TestJars {
  private TestJars() {}

  /** A jar of such entries; a name that ends with a slash is a folder's. */
  static Path write(Path file, Map<String, byte[]> entries) throws IOException {
    return write(file, new Manifest(), entries);
  }

  /** A jar whose manifest has a Class-Path. */
  static Path withClassPath(Path file, String classPath) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    return write(file, manifest, Map.of());
  }

  private static Path write(Path file, Manifest manifest, Map<String, byte[]> entries)
      throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new ZipEntry(entry.getKey()));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
    return file;
  }

  /** The bytes of a jar with one text file. */
  static byte[] bytes(String name, String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new ZipEntry(name));
      jar.write(text.getBytes(StandardCharsets.UTF_8));
      jar.closeEntry();
    }
    return out.toByteArray();
  }

  /** The bytes of a class file of this test's class path. */
  static byte[] classFile(Class<?> type) throws IOException {
    try (var in = type.getResourceAsStream("/" + fileOf(type))) {
      if (in == null) {
        throw new IOException("no class file: " + type);
      }
      return in.readAllBytes();
    }
  }

  static String fileOf(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }
}
