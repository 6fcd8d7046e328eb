package io.mobula.store.spill;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.client.StoreClient;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Spill files in directories of this machine, which are the target's alone and only this user's.
 *
 * <p>Holds no changing state. Files go round the directories; one that has no room in its directory
 * is tried in the others. Nothing is forced to the disk: after a crash the files are worth nothing.
 *
 * <p>A twentieth of a file system, at most {@value #RESERVE_BYTES_MAX} bytes, is left free for
 * others.
 */
public final class LocalDiskTarget implements SpillTarget {

  static final long RESERVE_BYTES_MAX = 4L << 30;

  private static final String SUFFIX = ".spill";
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<?> FILE_MODE = mode("rw-------");
  private static final FileAttribute<?> DIRECTORY_MODE = mode("rwx------");

  private final List<Path> directories;

  private LocalDiskTarget(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /**
   * Makes the directories, and their parents.
   *
   * @param directories that don't exist yet, at least one
   */
  public static LocalDiskTarget create(List<Path> directories) throws IOException {
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("No directory to spill to");
    }
    for (Path directory : directories) {
      make(directory);
    }
    return new LocalDiskTarget(directories);
  }

  private static void make(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(directory, DIRECTORY_MODE);
  }

  private static void makeIfMissing(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      try {
        make(directory);
      } catch (FileAlreadyExistsException e) {
        // By another thread meanwhile.
        return;
      }
    }
  }

  @Override
  public SpillWrite write(SpillBatch batch, StoreClient store) {
    return write(
        batch.fileNumber(),
        batch.fileBytes(),
        file -> {
          for (SpillItem item : batch.items()) {
            file.append(
                item.key(),
                item.range().sizeBytes(),
                (copy, to, offset) -> copy.toFile(store, item.range(), to, offset));
          }
        });
  }

  @Override
  public SpillWrite compact(SpillCompaction compaction) {
    return write(
        compaction.fileNumber(),
        compaction.fileBytes(),
        file -> {
          for (SpillSlot slot : compaction.slots()) {
            try (FileChannel from = FileChannel.open(Path.of(slot.file().place()))) {
              SpillSlot copy =
                  file.append(
                      slot.key(),
                      slot.sizeBytes(),
                      (by, to, offset) ->
                          by.fileToFile(from, slot.offset(), to, offset, slot.sizeBytes()));
              if (copy.checksum() != slot.checksum()) {
                throw new IOException("spilled object's bytes have changed: slot=" + slot);
              }
            }
          }
        });
  }

  @Override
  public SpillRead read(SpillSlot slot, StoreClient store, HeapRange destination) {
    if (destination.sizeBytes() != slot.sizeBytes()) {
      throw new IllegalArgumentException(
          "Object has another size: slot=" + slot + ", destination=" + destination);
    }
    try (FileChannel from = FileChannel.open(Path.of(slot.file().place()));
        SpillCopy copy = new SpillCopy()) {
      int checksum = copy.fromFile(from, slot.offset(), store, destination);
      String problem = SpillRecord.problem(copy.readTrailer(from, slot), slot, checksum);
      return problem == null ? new SpillRead.Complete() : failedRead(slot, problem);
    } catch (IOException e) {
      return failedRead(slot, e.toString());
    }
  }

  @Override
  public void delete(SpillFile file) throws IOException {
    Files.deleteIfExists(Path.of(file.place()));
  }

  @Override
  public String describe() {
    return directories.toString();
  }

  @Override
  public void close() throws IOException {
    for (Path directory : directories) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      } catch (NoSuchFileException e) {
        continue; // Closed before.
      }
      Files.deleteIfExists(directory);
    }
  }

  private SpillWrite write(long number, long fileBytes, Content content) {
    List<String> full = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < directories.size(); i++) {
      Path directory = directories.get((int) ((number + i) % directories.size()));
      Path path = directory.resolve(number + SUFFIX);
      try {
        // Whoever cleans up the file system may have taken it.
        makeIfMissing(directory);
        long roomBytes = roomBytes(directory);
        if (fileBytes > roomBytes) {
          full.add(directory + " has " + roomBytes + " bytes to spare");
          continue;
        }
        return writeOne(new SpillFile(number, path.toString()), path, content);
      } catch (IOException e) {
        if (isFull(e)) {
          full.add(directory + " is full: " + e.getMessage());
        } else {
          broken.add("file=" + path + ", reason=" + e);
        }
      }
    }
    if (full.isEmpty()) {
      return new SpillWrite.Failed("Can't spill: " + String.join("; ", broken));
    }
    full.addAll(broken);
    return new SpillWrite.NoRoom("wantedBytes=" + fileBytes + ", " + String.join("; ", full));
  }

  private static SpillWrite writeOne(SpillFile file, Path path, Content content)
      throws IOException {
    try (FileChannel to = FileChannel.open(path, NEW, FILE_MODE);
        SpillCopy copy = new SpillCopy()) {
      NewFile newFile = new NewFile(file, to, copy);
      content.writeTo(newFile);
      return new SpillWrite.Written(file, newFile.slots);
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** The JDK tells a full disk from other failures by the system's message alone. */
  private static boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded");
  }

  private static long roomBytes(Path directory) throws IOException {
    var fileSystem = Files.getFileStore(directory);
    long reserveBytes = Math.min(fileSystem.getTotalSpace() / 20, RESERVE_BYTES_MAX);
    return Math.max(0, fileSystem.getUsableSpace() - reserveBytes);
  }

  private static SpillRead failedRead(SpillSlot slot, String reason) {
    return new SpillRead.Failed("Can't read a spilled object: slot=" + slot + ", reason=" + reason);
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  /** What goes into a new file. */
  private interface Content {
    void writeTo(NewFile file) throws IOException;
  }

  /** How an object's bytes get into a new file; returns their checksum. */
  private interface Bytes {
    int writeTo(SpillCopy copy, FileChannel to, long offset) throws IOException;
  }

  /** A file that grows by one record after the other. */
  private static final class NewFile {
    final List<SpillSlot> slots = new ArrayList<>();
    private final SpillFile file;
    private final FileChannel to;
    private final SpillCopy copy;
    private long offset;

    NewFile(SpillFile file, FileChannel to, SpillCopy copy) {
      this.file = file;
      this.to = to;
      this.copy = copy;
    }

    SpillSlot append(StoreKey key, long sizeBytes, Bytes bytes) throws IOException {
      int checksum = bytes.writeTo(copy, to, offset);
      SpillSlot slot = new SpillSlot(key, file, offset, sizeBytes, checksum);
      copy.writeTrailer(to, slot);
      offset += SpillRecord.bytes(sizeBytes);
      slots.add(slot);
      return slot;
    }
  }
}
