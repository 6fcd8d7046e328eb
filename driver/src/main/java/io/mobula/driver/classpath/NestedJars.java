package io.mobula.driver.classpath;

import io.mobula.agent.session.DirectoryDeletion;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies of what lies within executable jars, where a JVM can't look: a jar in the jar as it is, a
 * folder in the jar as a jar of its own. They live in a session directory of this process, made for
 * the first of them; {@link #close()} deletes it, or, if the process dies, the next sweep. Used by
 * one thread.
 */
final class NestedJars implements AutoCloseable {
  private final Map<CodeLocation, Path> copies = new LinkedHashMap<>();
  private final Path root;
  private @Nullable SessionDirectory directory;

  /** Copies go into a new directory of this session root. */
  NestedJars(Path root) {
    this.root = root;
  }

  /**
   * The copy.
   *
   * @param location something within a jar
   * @return null if there is nothing of that name
   */
  @Nullable Path copyOf(CodeLocation location) throws IOException {
    Path known = copies.get(location);
    if (known != null) {
      return known;
    }
    try (JarFile jar = new JarFile(location.file().toFile())) {
      Path copy = location.isFolderInJar() ? copyFolder(jar, location) : copyJar(jar, location);
      if (copy != null) {
        copies.put(location, copy);
      }
      return copy;
    }
  }

  /** Deletes the copies. Idempotent. */
  @Override
  public void close() throws IOException {
    SessionDirectory open = directory;
    if (open != null) {
      directory = null;
      copies.clear();
      DirectoryDeletion.delete(open.path());
      open.close();
    }
  }

  private @Nullable Path copyJar(JarFile jar, CodeLocation location) throws IOException {
    JarEntry entry = jar.getJarEntry(location.entry());
    if (entry == null) {
      return null;
    }
    Path copy = newFile(location.entry().substring(location.entry().lastIndexOf('/') + 1));
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, copy);
    }
    return copy;
  }

  /** With the entries of folders: who lists a package asks for them. */
  private @Nullable Path copyFolder(JarFile jar, CodeLocation location) throws IOException {
    String prefix = location.entry();
    Path copy = newFile(prefix.substring(0, prefix.length() - 1).replace('/', '-') + ".jar");
    int count = 0;
    try (OutputStream out = Files.newOutputStream(copy);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        if (entry.getName().startsWith(prefix) && entry.getName().length() > prefix.length()) {
          ZipEntry inCopy = new ZipEntry(entry.getName().substring(prefix.length()));
          inCopy.setTime(entry.getTime());
          zip.putNextEntry(inCopy);
          try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(zip);
          }
          zip.closeEntry();
          count++;
        }
      }
    }
    if (count == 0) {
      Files.delete(copy);
      return null;
    }
    return copy;
  }

  /** A jar keeps its name: nodes that have it already know it by that. */
  private Path newFile(String name) throws IOException {
    SessionDirectory open = directory;
    if (open == null) {
      open = SessionRoot.open(root).createSession();
      directory = open;
    }
    Path file = open.path().resolve(name);
    for (int i = 2; Files.exists(file); i++) {
      file = open.path().resolve(i + "-" + name);
    }
    return file;
  }
}
