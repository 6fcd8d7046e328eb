package io.mobula.store.file;

import io.mobula.store.layout.StoreOwner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes the stores whose owners died without deleting them.
 *
 * <p>An owner is dead if its lock is free. A store of this very process is alive by its name; its
 * lock is not looked at, because looking would give it up. What cannot be judged or deleted, such
 * as another user's store, is left and reported.
 *
 * @param deleted the directories of stores that are gone now
 * @param alive the directories of stores whose owner lives
 * @param failed the directories that could not be judged or deleted, each with the reason
 */
public record StoreSweep(List<Path> deleted, List<Path> alive, List<Failure> failed) {

  /** Copies the lists. */
  public StoreSweep {
    deleted = List.copyOf(deleted);
    alive = List.copyOf(alive);
    failed = List.copyOf(failed);
  }

  /**
   * A directory that was left as it is.
   *
   * @param directory the directory
   * @param reason why
   */
  public record Failure(Path directory, String reason) {}

  /** Sweeps all stores in a directory. */
  public static StoreSweep sweep(StoreDirectory parent) throws IOException {
    return sweep(parent, StorePlace.NAME_PREFIX);
  }

  /**
   * Sweeps those stores in a directory whose names start with a prefix.
   *
   * @param namePrefix a longer form of "mobula-"
   */
  public static StoreSweep sweep(StoreDirectory parent, String namePrefix) throws IOException {
    if (!namePrefix.startsWith(StorePlace.NAME_PREFIX)) {
      throw new IllegalArgumentException("Prefix is not a store's: namePrefix=" + namePrefix);
    }
    List<Path> deleted = new ArrayList<>();
    List<Path> alive = new ArrayList<>();
    List<Failure> failed = new ArrayList<>();
    StoreOwner self = StoreOwner.ofThisProcess();
    DirectoryStream.Filter<Path> isStore =
        path ->
            path.getFileName().toString().startsWith(namePrefix)
                && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent.path(), isStore)) {
      for (Path directory : directories) {
        StorePlace place = StorePlace.parse(directory);
        if (place == null) {
          continue;
        }
        try {
          boolean isDeleted = !place.owner().equals(self) && deleteIfDead(place);
          (isDeleted ? deleted : alive).add(directory);
        } catch (NoSuchFileException e) {
          // Its owner, or another sweep, was faster.
          deleted.add(directory);
        } catch (IOException e) {
          failed.add(new Failure(directory, e.toString()));
        }
      }
    }
    return new StoreSweep(deleted, alive, failed);
  }

  private static boolean deleteIfDead(StorePlace place) throws IOException {
    StoreLock lock = StoreLock.seize(place.lockFile());
    if (lock == null) {
      return false;
    }
    try (lock) {
      place.delete();
    }
    return true;
  }
}
