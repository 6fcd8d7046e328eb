package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * A new private directory that is locked from the moment it has its name: it is made and locked
 * under another name and then renamed, so a sweep never meets it unlocked.
 *
 * @param path the directory
 * @param lock its lock, held
 */
record FreshDirectory(Path path, DirectoryLock lock) {
  /** Directories that have not got their name yet begin with this. */
  static final String UNNAMED_PREFIX = ".new-";

  private static final int ATTEMPTS_MAX = 100;
  private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();

  static FreshDirectory create(Path parent, String prefix, int letterCount, String lockName)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      String name = prefix + randomLetters(letterCount);
      Path unnamed = parent.resolve(UNNAMED_PREFIX + name);
      Path named = parent.resolve(name);
      try {
        PrivateFiles.createFolder(unnamed);
        Optional<DirectoryLock> lock = DirectoryLock.tryCreate(unnamed.resolve(lockName));
        if (lock.isPresent() && !Files.exists(named, LinkOption.NOFOLLOW_LINKS)) {
          Files.move(unnamed, named, StandardCopyOption.ATOMIC_MOVE);
          return new FreshDirectory(named, lock.get());
        }
        if (lock.isPresent()) {
          lock.get().close();
        }
        DirectoryDeletion.delete(unnamed);
      } catch (AtomicMoveNotSupportedException e) {
        throw e;
      } catch (FileSystemException e) {
        // Somebody has the name, or swept the unnamed directory away under us: draw another name.
        if (attempt == ATTEMPTS_MAX || !Files.isWritable(parent)) {
          throw e;
        }
      }
      if (attempt == ATTEMPTS_MAX) {
        throw new FileAlreadyExistsException(named.toString());
      }
    }
  }

  private static String randomLetters(int count) {
    StringBuilder letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return letters.toString();
  }
}
