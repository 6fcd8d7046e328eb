package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes what dead processes left in a {@link SessionRoot}.
 *
 * <p>How it works: a session is dead if its maker's lock and its GCS's lock can both be taken and
 * every node in it can be removed. Both locks are kept while it is deleted, and {@code
 * session.lock}, which every session has from the moment it has its name, is deleted last; so a
 * second sweep finds it held, half-deleted and free, or gone, and is right each time. A new GCS
 * can't start in a session under deletion: it finds {@code gcs.lock} held.
 */
final class SessionSweep {
  private final List<Path> sessions = new ArrayList<>();
  private final List<Path> nodes = new ArrayList<>();

  private SessionSweep() {}

  static SweepReport sweep(Path root) throws IOException {
    SessionSweep sweep = new SessionSweep();
    for (Path child : children(root, SessionDirectory.NAME_PREFIX)) {
      sweep.sweepSession(child);
    }
    for (Path child :
        children(root, FreshDirectory.UNNAMED_PREFIX + SessionDirectory.NAME_PREFIX)) {
      sweep.sweepUnnamed(child, SessionDirectory.LOCK);
    }
    return new SweepReport(sweep.sessions, sweep.nodes);
  }

  private void sweepSession(Path session) throws IOException {
    try (Held maker = Held.take(session.resolve(SessionDirectory.LOCK));
        Held gcs = Held.take(session.resolve(SessionDirectory.GCS_LOCK))) {
      boolean isAlive = maker.isElsewhere() || gcs.isElsewhere();
      for (Path node : children(session, NodeDirectory.NAME_PREFIX)) {
        boolean isRemoved = NodeDirectory.removeIfDead(node);
        if (isRemoved && isAlive) {
          nodes.add(node);
        }
        isAlive |= !isRemoved && Files.exists(node, LinkOption.NOFOLLOW_LINKS);
      }
      for (Path node :
          children(session, FreshDirectory.UNNAMED_PREFIX + NodeDirectory.NAME_PREFIX)) {
        sweepUnnamed(node, NodeDirectory.LOCK);
        isAlive |= Files.exists(node, LinkOption.NOFOLLOW_LINKS);
      }
      if (!isAlive && Files.exists(session, LinkOption.NOFOLLOW_LINKS)) {
        DirectoryDeletion.delete(session, SessionDirectory.LOCK);
        // Without the lock another sweep is at the last step of deleting it, or broke off there.
        if (maker.lock().isPresent()) {
          sessions.add(session);
        }
      }
    }
  }

  /** A directory whose maker died before naming it; a maker that lives draws another name. */
  private void sweepUnnamed(Path folder, String lockName) throws IOException {
    try (Held held = Held.take(folder.resolve(lockName))) {
      if (!held.isElsewhere()) {
        DirectoryDeletion.delete(folder, lockName);
      }
    }
  }

  private static List<Path> children(Path folder, String prefix) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, prefix + "*")) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          found.add(child);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Another sweep was faster: nothing is left to do.
      return List.of();
    }
    return found;
  }

  /** A lock that was taken, is held by a living process, or whose file is not there. */
  private record Held(Optional<DirectoryLock> lock, boolean isElsewhere) implements AutoCloseable {
    static Held take(Path file) throws IOException {
      try {
        Optional<DirectoryLock> lock = DirectoryLock.tryAcquire(file);
        return new Held(lock, lock.isEmpty());
      } catch (NoSuchFileException e) {
        return new Held(Optional.empty(), false);
      }
    }

    @Override
    public void close() throws IOException {
      if (lock.isPresent()) {
        lock.get().close();
      }
    }
  }
}
