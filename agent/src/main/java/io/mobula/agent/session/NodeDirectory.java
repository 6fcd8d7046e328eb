package io.mobula.agent.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A node's directory, held by its raylet for life. Any thread may use it.
 *
 * <pre>
 *   n&lt;xxxx&gt;/  lock               held while the raylet lives
 *            store.path         text: path of the store file, outside the directory
 *            spill.paths        text: folders of spill files outside the directory, one a line
 *            spill/             spill files, unless they are elsewhere
 *            raylet.sock        local processes dial this
 *            rpc.sock           gRPC for drivers of the same host
 *            p&lt;number&gt;.sock     each process listens on its own
 *            p&lt;number&gt;.board    each worker notes what it runs
 *            packages/          class-path entries by SHA-256
 *            raylet.properties  appears when the raylet is ready
 * </pre>
 *
 * Names are short because a Unix socket's path holds 104 bytes.
 */
public final class NodeDirectory implements AutoCloseable {
  static final String LOCK = "lock";
  static final String NAME_PREFIX = "n";
  private static final int NAME_LETTERS = 4;
  private static final String STORE_PATH = "store.path";
  private static final String SPILL_PATHS = "spill.paths";
  private static final String SPILL_PREFIX = "mobula-spill-";

  private final Path path;
  private final DirectoryLock lock;

  private NodeDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static NodeDirectory create(Path session) throws IOException {
    FreshDirectory fresh = FreshDirectory.create(session, NAME_PREFIX, NAME_LETTERS, LOCK);
    NodeDirectory node = new NodeDirectory(fresh.path(), fresh.lock());
    PrivateFiles.createFolder(node.packages());
    return node;
  }

  /**
   * Removes a node directory whose raylet is dead, and its store file. Many processes may try at
   * once: one does it.
   *
   * @return false if the raylet lives, somebody else is removing it, or it was gone already
   */
  public static boolean removeIfDead(Path nodeDirectory) throws IOException {
    Optional<DirectoryLock> lock;
    try {
      lock = DirectoryLock.tryAcquire(nodeDirectory.resolve(LOCK));
    } catch (NoSuchFileException e) {
      return false;
    }
    if (lock.isEmpty()) {
      return false;
    }
    try (DirectoryLock held = lock.get()) {
      removeHeld(nodeDirectory, held);
    }
    return true;
  }

  /** The socket that a process listens on for its peers of the same node. */
  public static Path processSocket(Path nodeDirectory, int processNumber) {
    return nodeDirectory.resolve("p" + Integer.toUnsignedString(processNumber) + ".sock");
  }

  public Path path() {
    return path;
  }

  public Path rayletSocket() {
    return path.resolve("raylet.sock");
  }

  public Path rpcSocket() {
    return path.resolve("rpc.sock");
  }

  public Path packages() {
    return path.resolve("packages");
  }

  /** Written with {@link PropertiesFile} when the raylet is ready. */
  public Path readyFile() {
    return path.resolve("raylet.properties");
  }

  /** Notes the store file, before it is created, so that whoever cleans up can delete it. */
  public void noteStoreFile(Path storeFile) throws IOException {
    PrivateFiles.writeAtomically(
        path.resolve(STORE_PATH), storeFile.toAbsolutePath().normalize().toString());
  }

  /**
   * Where spill files go: a folder in each of these, or one in this directory if there are none.
   * Notes them, before they are created, so that whoever cleans up can delete them.
   *
   * @param label tells people whose they are
   */
  public List<Path> noteSpillFolders(List<Path> parents, String label) throws IOException {
    if (parents.isEmpty()) {
      return List.of(path.resolve("spill"));
    }
    List<Path> folders =
        parents.stream()
            .map(parent -> parent.toAbsolutePath().normalize().resolve(SPILL_PREFIX + label))
            .distinct()
            .toList();
    PrivateFiles.writeAtomically(
        path.resolve(SPILL_PATHS),
        folders.stream().map(Path::toString).collect(Collectors.joining("\n")));
    return folders;
  }

  /** Deletes the store file, the spill files and the directory, and lets go. Idempotent. */
  @Override
  public void close() throws IOException {
    try {
      removeHeld(path, lock);
    } finally {
      lock.close();
    }
  }

  /** The lock file goes last, so that a removal that breaks off is taken up by the next sweep. */
  private static void removeHeld(Path nodeDirectory, DirectoryLock held) throws IOException {
    held.check();
    Path note = nodeDirectory.resolve(STORE_PATH);
    if (Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS)) {
      deleteStoreFile(Path.of(Files.readString(note, StandardCharsets.UTF_8)));
    }
    Path spillNote = nodeDirectory.resolve(SPILL_PATHS);
    if (Files.isRegularFile(spillNote, LinkOption.NOFOLLOW_LINKS)) {
      for (String folder : Files.readAllLines(spillNote, StandardCharsets.UTF_8)) {
        deleteSpillFolder(Path.of(folder));
      }
    }
    DirectoryDeletion.delete(nodeDirectory, LOCK);
  }

  private static void deleteSpillFolder(Path folder) throws IOException {
    Path name = folder.getFileName();
    if (name != null && name.toString().startsWith(SPILL_PREFIX)) {
      DirectoryDeletion.delete(folder);
    }
  }

  private static void deleteStoreFile(Path storeFile) throws IOException {
    if (Files.isRegularFile(storeFile, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(storeFile);
    }
  }
}
