package io.mobula.store.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lock that says that a store's owner lives. The system drops it when the process ends, however
 * it ends.
 */
final class StoreLock implements AutoCloseable {

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the lock file, which must not exist, and locks it. Returns null if somebody who sweeps
   * was faster.
   */
  static @Nullable StoreLock create(Path file) throws IOException {
    return lock(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            StorePlace.ownerOnly("rw-------")));
  }

  /**
   * Locks the file of somebody else's store, made if it is missing. Returns null if its owner
   * lives. Must not be called for a store of this process.
   */
  static @Nullable StoreLock seize(Path file) throws IOException {
    return lock(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            StorePlace.ownerOnly("rw-------")));
  }

  private static @Nullable StoreLock lock(FileChannel channel) throws IOException {
    boolean isLocked = false;
    try {
      isLocked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process sweeps the same file at this moment: it is being dealt with.
      isLocked = false;
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
    return isLocked ? new StoreLock(channel) : null;
  }

  /** Gives the lock up. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
