package io.mobula.store.file;

import io.mobula.store.layout.StoreOwner;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one store and the two files in it.
 *
 * <pre>
 *  mobula-&lt;label&gt;-&lt;owner's pid&gt;-&lt;owner's start, base 36&gt;/   0700
 *      lock     0600, locked by the owner as long as it lives; made first, deleted last
 *      store    0600, the data
 * </pre>
 *
 * <p>The owner's identity is in the name because it must be known without opening the lock: on
 * POSIX systems a process that closes any descriptor of a file loses all its locks on that file, so
 * the owner itself must never look at its own lock.
 *
 * @param directory the store's own directory
 * @param owner who made it
 */
record StorePlace(Path directory, StoreOwner owner) {

  /** What the name of every store's directory starts with. */
  static final String NAME_PREFIX = "mobula-";

  private static final int START_RADIX = 36;

  static StorePlace of(StoreDirectory parent, String label, StoreOwner owner) {
    if (!label.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "Store label is not 1 to 64 of letters, digits, dot, dash, underscore: label=" + label);
    }
    String name =
        NAME_PREFIX
            + label
            + "-"
            + owner.pid()
            + "-"
            + Long.toString(owner.startMillis(), START_RADIX);
    return new StorePlace(parent.path().resolve(name), owner);
  }

  /** The place that has this directory, or null if the name is not one of a store. */
  static @Nullable StorePlace parse(Path directory) {
    String[] parts = directory.getFileName().toString().split("-", -1);
    if (parts.length < 4) {
      return null;
    }
    try {
      long pid = Long.parseLong(parts[parts.length - 2]);
      long startMillis = Long.parseLong(parts[parts.length - 1], START_RADIX);
      return new StorePlace(directory, new StoreOwner(pid, startMillis));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  Path lockFile() {
    return directory.resolve("lock");
  }

  Path storeFile() {
    return directory.resolve("store");
  }

  /** Deletes the data, then the lock, then the directory; what is missing already is no failure. */
  void delete() throws IOException {
    Files.deleteIfExists(storeFile());
    Files.deleteIfExists(lockFile());
    Files.deleteIfExists(directory);
  }

  /** The attributes that give only this user access; none where the system has no such thing. */
  static FileAttribute<?>[] ownerOnly(String permissions) {
    boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return isPosix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
