package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session: what one cluster keeps on this machine. Any thread may use it.
 *
 * <pre>
 *   s-&lt;xxxxxxxx&gt;/  session.lock    held by whoever made the session, while it starts or runs it
 *                 gcs.lock        held while a GCS of the session lives
 *                 gcs.properties  appears when the GCS is ready
 *                 token           the cluster's secret, mode 0600
 *                 logs/           one file a process
 *                 packages/       class-path entries that the GCS keeps
 *                 n&lt;xxxx&gt;/        nodes, see {@link NodeDirectory}
 * </pre>
 *
 * A session is dead once all its locks are free; {@link SessionRoot#sweep()} then deletes it.
 */
public final class SessionDirectory implements AutoCloseable {
  static final String LOCK = "session.lock";
  static final String GCS_LOCK = "gcs.lock";
  static final String NAME_PREFIX = "s-";
  private static final int NAME_LETTERS = 8;

  private final Path path;
  private final @Nullable DirectoryLock lock;

  private SessionDirectory(Path path, @Nullable DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static SessionDirectory create(Path root) throws IOException {
    FreshDirectory fresh = FreshDirectory.create(root, NAME_PREFIX, NAME_LETTERS, LOCK);
    SessionDirectory session = new SessionDirectory(fresh.path(), fresh.lock());
    PrivateFiles.createFolder(session.logs());
    return session;
  }

  /**
   * A session that somebody else made.
   *
   * @throws IOException if it is not a directory; the message names it
   */
  public static SessionDirectory open(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("no such session directory: path=" + path);
    }
    return new SessionDirectory(path, null);
  }

  public Path path() {
    return path;
  }

  public Path logs() {
    return path.resolve("logs");
  }

  /** See {@link ClusterSecret#write}. */
  public Path tokenFile() {
    return path.resolve("token");
  }

  /** Written with {@link PropertiesFile} when the GCS is ready. */
  public Path gcsReadyFile() {
    return path.resolve("gcs.properties");
  }

  /** Where the GCS keeps class-path entries. */
  public Path gcsPackages() {
    return path.resolve("packages");
  }

  /**
   * Takes the GCS's lock, for life.
   *
   * @throws IOException if a GCS of this session lives; the message names the session
   */
  public DirectoryLock lockForGcs() throws IOException {
    Optional<DirectoryLock> taken = DirectoryLock.tryCreate(path.resolve(GCS_LOCK));
    return taken.orElseThrow(
        () -> new IOException("another GCS runs in this session: directory=" + path));
  }

  /** A new node directory, locked for the raylet that will live in it. */
  public NodeDirectory createNode() throws IOException {
    return NodeDirectory.create(path);
  }

  /** Lets go of the maker's lock. The directory stays, with its logs, until a sweep. Idempotent. */
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
