package io.mobula.agent.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A file lock that says "the process that owns this directory lives". Any thread may use it.
 *
 * <p>How it works: the lock is the operating system's, so it ends with the process, however that
 * dies. On POSIX systems a process loses all its locks on a file as soon as it closes <em>any</em>
 * descriptor of that file, so a file whose lock this JVM holds must not even be opened again. Held
 * files are therefore first claimed in the system properties, under their device and inode: the one
 * map that every class loader of the JVM shares. Only the claimant opens the file.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final String CLAIM_PREFIX = "io.mobula.lock.";

  private final String claim;
  private final FileChannel channel;

  private DirectoryLock(String claim, FileChannel channel) {
    this.claim = claim;
    this.channel = channel;
  }

  /**
   * Creates the file (mode 0600) if need be and locks it.
   *
   * @return empty if a living process, this one included, holds it
   */
  public static Optional<DirectoryLock> tryCreate(Path file) throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      // Whether somebody holds it is what we are about to find out.
      return tryAcquire(file);
    }
    return tryAcquire(file);
  }

  /**
   * Locks a file that exists.
   *
   * @return empty if a living process, this one included, holds it
   * @throws NoSuchFileException if there is no such file (any more)
   */
  public static Optional<DirectoryLock> tryAcquire(Path file) throws IOException {
    String claim = claimOf(file);
    if (System.getProperties().putIfAbsent(claim, "held") != null) {
      return Optional.empty();
    }
    boolean isHeld = false;
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        isHeld = lock != null;
      } catch (OverlappingFileLockException e) {
        throw new IllegalStateException("lock held without a claim: file=" + file, e);
      } finally {
        if (!isHeld) {
          channel.close();
        }
      }
      return isHeld ? Optional.of(new DirectoryLock(claim, channel)) : Optional.empty();
    } finally {
      if (!isHeld) {
        System.getProperties().remove(claim);
      }
    }
  }

  /** Fails if the lock was let go. */
  void check() throws IOException {
    if (!channel.isOpen()) {
      throw new IOException("lock was let go: lock=" + claim);
    }
  }

  /** Lets go; the file stays. Idempotent. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        channel.close();
      } finally {
        System.getProperties().remove(claim);
      }
    }
  }

  private static String claimOf(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return CLAIM_PREFIX + (key == null ? file.toRealPath() : key);
  }
}
