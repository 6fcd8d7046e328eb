package io.mobula.store.file;

import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreHeader;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.layout.StoreOwner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The file of a store that this process owns.
 *
 * <p>The file is sparse and only this user's. It lives as long as this object: {@link #close}
 * deletes it, and if the process dies first, {@link StoreSweep} finds it by its lock. Mappings that
 * others have made stay readable after that.
 *
 * <p>May be used by several threads; it holds no changing state.
 */
public final class StoreFile implements AutoCloseable {

  private static final int CREATE_ATTEMPTS_MAX = 8;
  private static final int ZEROS_BYTES = 1 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ZEROS_BYTES);

  private final StorePlace place;
  private final StoreHeader header;
  private final StoreLock lock;

  private StoreFile(StorePlace place, StoreHeader header, StoreLock lock) {
    this.place = place;
    this.header = header;
    this.lock = lock;
  }

  /**
   * Makes a store, whose header and index have real memory.
   *
   * @param parent where to make its directory
   * @param label a part of the directory's name, for people; letters, digits, dot, dash, underscore
   * @param layout what the file looks like
   * @param incarnation the node's number, which clients compare
   * @throws FileAlreadyExistsException if this process has a store with this label there
   */
  public static StoreFile create(
      StoreDirectory parent, String label, StoreLayout layout, long incarnation)
      throws IOException {
    StoreHeader header = new StoreHeader(layout, incarnation, StoreOwner.ofThisProcess());
    StorePlace place = StorePlace.of(parent, label, header.owner());
    StoreLock lock = makeLocked(place);
    try {
      write(place.storeFile(), header);
      return new StoreFile(place, header, lock);
    } catch (IOException | RuntimeException | Error e) {
      discard(place, lock, e);
      throw e;
    }
  }

  /** The file that clients open. */
  public Path path() {
    return place.storeFile();
  }

  /** What the file looks like. */
  public StoreLayout layout() {
    return header.layout();
  }

  /** The node's number, as given to {@link #create}. */
  public long incarnation() {
    return header.incarnation();
  }

  /**
   * Gives an extent of the heap real memory, by writing zeros to it. A full file system shows here,
   * as a result; touching a page that does not exist would kill the process instead.
   *
   * <p>Blocks for as long as the memory takes to come. An interrupt ends it early, as a failure.
   */
  public PopulateResult populate(HeapRange extent) {
    if (!layout().heap().contains(extent)) {
      throw new IllegalArgumentException(
          "Extent is outside the heap: extent=" + extent + ", heap=" + layout().heap());
    }
    long offset = extent.offset();
    // A channel of its own, because an interrupt closes the channel that it hits.
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
      while (offset < extent.endOffset()) {
        offset += writeZeros(channel, offset, extent.endOffset());
      }
      return PopulateResult.complete(extent);
    } catch (IOException e) {
      String failure =
          "Cannot populate shared memory: path="
              + path()
              + ", offset="
              + offset
              + ", reason="
              + e
              + "; a full file system needs to be larger, or the store smaller";
      return PopulateResult.stopped(extent, offset - extent.offset(), failure);
    }
  }

  /**
   * Gives a hold table and its chunk log real memory, which is zero. Blocks no longer than three
   * pages take.
   *
   * @throws IOException if the system has none, or on an interrupt
   */
  public void populateHoldTable(int table) throws IOException {
    long offset = layout().holdTableOffset(table);
    long logOffset = layout().chunkLogOffset(table);
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
      fill(channel, offset, offset + StoreLayout.HOLD_TABLE_BYTES);
      fill(channel, logOffset, logOffset + StoreLayout.CHUNK_LOG_BYTES);
    }
  }

  /** Deletes the store. A second call does nothing. */
  @Override
  public void close() throws IOException {
    try (lock) {
      place.delete();
    }
  }

  /**
   * Makes the store's directory and holds its lock. Whoever sweeps the parent at the same time may
   * take the new directory for a dead one until the lock is held; then it is made again.
   */
  private static StoreLock makeLocked(StorePlace place) throws IOException {
    for (int attempt = 0; attempt < CREATE_ATTEMPTS_MAX; attempt++) {
      Files.createDirectory(place.directory(), StorePlace.ownerOnly("rwx------"));
      StoreLock lock = lockNew(place);
      if (lock != null && Files.exists(place.lockFile())) {
        return lock;
      }
      if (lock != null) {
        lock.close();
      }
      place.delete();
    }
    throw new IOException("Store directory keeps being swept away: path=" + place.directory());
  }

  private static @Nullable StoreLock lockNew(StorePlace place) throws IOException {
    try {
      return StoreLock.create(place.lockFile());
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return null;
    }
  }

  /** The magic comes last, so that a reader can tell a file that is not finished. */
  private static void write(Path file, StoreHeader header) throws IOException {
    Files.createFile(file, StorePlace.ownerOnly("rw-------"));
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(header.layout().fileBytes());
      byte[] bytes = header.encode();
      long indexOffset = header.layout().indexOffset();
      fill(access.getChannel(), indexOffset, indexOffset + header.layout().indexBytes());
      access.seek(Long.BYTES);
      access.write(bytes, Long.BYTES, StoreHeader.BYTES - Long.BYTES);
      access.seek(0);
      access.write(bytes, 0, Long.BYTES);
    }
  }

  private static void fill(FileChannel channel, long from, long end) throws IOException {
    long offset = from;
    while (offset < end) {
      offset += writeZeros(channel, offset, end);
    }
  }

  private static int writeZeros(FileChannel channel, long offset, long end) throws IOException {
    ByteBuffer zeros = ZEROS.duplicate();
    zeros.limit((int) Math.min(zeros.capacity(), end - offset));
    return channel.write(zeros, offset);
  }

  private static void discard(StorePlace place, StoreLock lock, Throwable reason) {
    try (lock) {
      place.delete();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
