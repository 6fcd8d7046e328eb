package io.mobula.docs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** Jars that hold a program and all it needs, as build tools make them. */
final class LaunchJars {
  private LaunchJars() {}

  /** As the shade plugin does: the files of all jars in one. */
  static void shaded(Path target, String mainClass, Path classes, List<Path> jars)
      throws IOException {
    try (JarOutputStream out = open(target, mainClass, new Attributes())) {
      Set<String> names = new HashSet<>(Set.of(JarFile.MANIFEST_NAME, "META-INF/"));
      putFolder(classes, "", names, out);
      for (Path jar : jars) {
        putFilesOf(jar, names, out);
      }
    }
  }

  /** As the Spring Boot plugin does: the loader's files, the program's, and jars in the jar. */
  static void springBoot(Path target, String mainClass, Path loader, Path classes, List<Path> jars)
      throws IOException {
    Attributes more = new Attributes();
    more.putValue("Start-Class", mainClass);
    more.putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
    more.putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
    String launcher = "org.springframework.boot.loader.launch.JarLauncher";
    try (JarOutputStream out = open(target, launcher, more)) {
      Set<String> names = new HashSet<>(Set.of(JarFile.MANIFEST_NAME, "META-INF/"));
      putFilesOf(loader, names, out);
      for (String folder : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
        put(folder, new byte[0], out);
      }
      putFolder(classes, "BOOT-INF/classes/", names, out);
      for (Path jar : jars) {
        // Uncompressed, or the loader can't look into it.
        byte[] bytes = Files.readAllBytes(jar);
        ZipEntry entry = new ZipEntry("BOOT-INF/lib/" + jar.getFileName());
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
      }
    }
  }

  private static JarOutputStream open(Path target, String mainClass, Attributes more)
      throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putAll(more);
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
    OutputStream out = Files.newOutputStream(target);
    return new JarOutputStream(out, manifest);
  }

  private static void putFolder(Path folder, String prefix, Set<String> names, JarOutputStream out)
      throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = prefix + folder.relativize(file);
        if (names.add(name)) {
          put(name, Files.readAllBytes(file), out);
        }
      }
    }
  }

  private static void putFilesOf(Path jar, Set<String> names, JarOutputStream out)
      throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().toList()) {
        if (names.add(entry.getName())) {
          try (var in = file.getInputStream(entry)) {
            put(entry.getName(), in.readAllBytes(), out);
          }
        }
      }
    }
  }

  private static void put(String name, byte[] bytes, JarOutputStream out) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }
}
