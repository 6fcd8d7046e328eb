package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a folder with everything in it. A symbolic link is deleted, never followed. What somebody
 * else deletes meanwhile is fine; what somebody creates meanwhile is deleted as well.
 */
public final class DirectoryDeletion {
  /** How often a folder that somebody still writes into is emptied before giving up. */
  private static final int ATTEMPTS_MAX = 10;

  private DirectoryDeletion() {}

  /**
   * Deletes the folder, or the file, if it is there.
   *
   * @throws IOException if something could not be deleted; the rest may be gone
   */
  public static void delete(Path root) throws IOException {
    delete(root, "");
  }

  /**
   * As {@link #delete(Path)}, but the folder's own file of that name goes after everything else.
   *
   * @param lastName a file in {@code root}
   */
  static void delete(Path root, String lastName) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        deleteOnce(root, root.resolve(lastName));
        return;
      } catch (DirectoryNotEmptyException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void deleteOnce(Path root, Path last) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(last) || file.equals(root)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
              throw failure;
            }
            if (folder.equals(root) && !last.equals(root)) {
              Files.deleteIfExists(last);
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
