package io.mobula.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/** The packaged jar, read as a zip file. */
final class BundleJar implements AutoCloseable {
  private final JarFile jar;

  BundleJar() throws IOException {
    jar = new JarFile(path().toFile());
  }

  static Path path() {
    return Path.of(Objects.requireNonNull(System.getProperty("mobula.bundle.jar")));
  }

  /** Names of all files, folders left out. */
  List<String> files() {
    return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
  }

  List<String> classFiles() {
    return files().stream().filter(name -> name.endsWith(".class")).toList();
  }

  /** The names of the classes in the jar, with slashes, whatever Java version they are for. */
  Set<String> classNames() {
    return classFiles().stream()
        .map(
            name -> name.replaceFirst("^META-INF/versions/\\d+/", "").replaceFirst("\\.class$", ""))
        .collect(Collectors.toSet());
  }

  /**
   * The names of the classes and interfaces that the class file's code and hierarchy name, with
   * slashes.
   */
  Set<String> referencesOf(String classFile) {
    ClassModel model = ClassFile.of().parse(read(classFile));
    Set<String> references = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry type) {
        String name = type.asInternalName();
        if (name.startsWith("[")) {
          int start = name.indexOf('L');
          if (start < 0) {
            continue;
          }
          name = name.substring(start + 1, name.length() - 1);
        }
        references.add(name);
      }
    }
    return references;
  }

  /** The lines of a service file, without comments. */
  List<String> providersIn(String serviceFile) {
    return new String(read(serviceFile), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  String manifestValue(String name) throws IOException {
    return jar.getManifest().getMainAttributes().getValue(name);
  }

  byte[] read(String file) {
    ZipEntry entry = Objects.requireNonNull(jar.getEntry(file), file);
    try (var in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    jar.close();
  }
}
