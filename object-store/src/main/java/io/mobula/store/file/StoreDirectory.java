package io.mobula.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that stores live in: shared memory where the system has it.
 *
 * @param path the directory, which exists
 */
public record StoreDirectory(Path path) {

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** Shared memory if this process may write there, else the folder for temporary files. */
  public static StoreDirectory preferred() {
    boolean isUsable = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
    return new StoreDirectory(
        isUsable ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
  }

  /**
   * Makes sure that stores can be made here.
   *
   * @throws IOException that says what is missing
   */
  public void requireUsable() throws IOException {
    if (!Files.isDirectory(path) || !Files.isWritable(path)) {
      throw new IOException(
          "the folder for the object store "
              + (Files.isDirectory(path) ? "can't be written to" : "does not exist")
              + ": path="
              + path
              + "; make it, or name another in raylet.object-store-directory");
    }
  }

  /** How many bytes this process may still write here. */
  public long freeBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }
}
