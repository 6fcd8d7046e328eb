package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory that holds a user's sessions: mode 0700, owned by the user, not a symbolic link, or
 * it is refused. Any thread, any number of processes may use it at once.
 */
public final class SessionRoot {
  private final Path path;

  private SessionRoot(Path path) {
    this.path = path;
  }

  /** {@code mobula-<user>} in {@code TMPDIR}, or in {@code java.io.tmpdir} if that is not set. */
  public static Path defaultPath(Map<String, String> environment, Properties properties) {
    String folder = environment.getOrDefault("TMPDIR", "");
    if (folder.isBlank()) {
      folder = properties.getProperty("java.io.tmpdir", "/tmp");
    }
    String user = properties.getProperty("user.name", "");
    String safeUser = user.replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of(folder).toAbsolutePath().normalize().resolve("mobula-" + safeUser);
  }

  /** The root of this process's user and environment. */
  public static SessionRoot openDefault() throws IOException {
    return open(defaultPath(System.getenv(), System.getProperties()));
  }

  /**
   * Creates the directory if need be and checks that it is private.
   *
   * @throws IOException if it is not, or can't be created; the message names it and the fix
   */
  public static SessionRoot open(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      PrivateFiles.createFolder(path);
    } catch (FileAlreadyExistsException e) {
      checkPrivate(path);
    }
    return new SessionRoot(path);
  }

  public Path path() {
    return path;
  }

  /** A new session; the caller holds its lock until {@link SessionDirectory#close()}. */
  public SessionDirectory createSession() throws IOException {
    return SessionDirectory.create(path);
  }

  /** Sessions, dead or alive, in no order. */
  public List<Path> sessions() throws IOException {
    List<Path> sessions = new ArrayList<>();
    try (Stream<Path> children = Files.list(path)) {
      children
          .filter(child -> child.getFileName().toString().startsWith(SessionDirectory.NAME_PREFIX))
          .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
          .forEach(sessions::add);
    }
    return sessions;
  }

  /**
   * Deletes dead sessions, and the dead nodes of living ones, with their store files. Safe beside
   * other sweeps and beside sessions that start meanwhile.
   */
  public SweepReport sweep() throws IOException {
    return SessionSweep.sweep(path);
  }

  private static void checkPrivate(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "the folder for sessions is a file or a symbolic link: path="
              + path
              + "; remove it or set TMPDIR");
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (!isOwned(path)) {
      throw new IOException(
          "the folder for sessions belongs to another user: path="
              + path
              + ", owner="
              + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)
              + "; set TMPDIR to a folder of your own");
    }
    if (!mode.equals(PrivateFiles.FOLDER_MODE)) {
      throw new IOException(
          "the folder for sessions is open to other users: path="
              + path
              + ", mode="
              + PosixFilePermissions.toString(mode)
              + "; run chmod 700 on it");
    }
  }

  /** Compares the owner with that of a file just made in it: the JVM does not tell its user id. */
  private static boolean isOwned(Path path) throws IOException {
    if (!Files.isWritable(path)) {
      return false;
    }
    Path probe = Files.createTempFile(path, ".owner-", null);
    try {
      return Files.getOwner(probe).equals(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS));
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
