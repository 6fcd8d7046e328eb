package io.mobula.store.client;

import io.mobula.store.HeapRange;
import io.mobula.store.layout.StoreFormatException;
import io.mobula.store.layout.StoreHeader;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * This process's access to the bytes of a store.
 *
 * <p>May be used by any thread. It knows nothing of objects: a range is what the owner said in
 * reply to a request, or what a lookup in shared memory found, and in either case it stays what it
 * is for as long as the caller holds the object. How a hold is given back is the caller's secret,
 * too: a {@link #view} gets it as an action.
 *
 * <p>How it works: the whole file is mapped once, when the store is opened. {@link #writable} and
 * {@link #readable} are slices of that mapping; they cost nothing and fail once this client is
 * closed, but nothing tells when they are no longer used, so the caller must know. A {@link #view}
 * may be given to user code: it is a mapping of its own, of that range alone and read-only by
 * memory protection, and tells when the last reference to it, to any slice of it and to any buffer
 * made from it is gone. It stays valid until then, whatever happens to this client, to the owner,
 * or to the file. Being a mapping it costs microseconds, takes whole pages of address space and
 * counts against the system's limit for mappings of a process, so it is for large objects.
 */
public final class StoreClient implements AutoCloseable {

  private static final int MAP_ATTEMPTS_MAX = 16;

  private final Path file;
  private final StoreHeader header;
  private final Cleaner cleaner;
  private final Arena arena;
  private final MemorySegment mapping;

  private StoreClient(
      Path file, StoreHeader header, Cleaner cleaner, Arena arena, MemorySegment mapping) {
    this.file = file;
    this.header = header;
    this.cleaner = cleaner;
    this.arena = arena;
    this.mapping = mapping;
  }

  /**
   * Opens a store.
   *
   * @param file the store's file, as its owner names it
   * @param incarnation the number of the node that it must belong to
   * @param cleaner runs the actions of {@link #view}
   * @throws StoreFormatException if the file is not that store, or of another layout version
   */
  @SuppressWarnings("MustBeClosedChecker") // The arena is the client's, until close().
  public static StoreClient open(Path file, long incarnation, Cleaner cleaner) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      StoreHeader header = readHeader(file, channel);
      if (header.incarnation() != incarnation) {
        throw new StoreFormatException(
            file.toString(),
            "it belongs to another life of the node: incarnation="
                + header.incarnation()
                + ", expected="
                + incarnation,
            null);
      }
      Arena arena = Arena.ofShared();
      try {
        long fileBytes = header.layout().fileBytes();
        MemorySegment mapping = channel.map(MapMode.READ_WRITE, 0, fileBytes, arena);
        return new StoreClient(file, header, cleaner, arena, mapping);
      } catch (IOException | RuntimeException | Error e) {
        arena.close();
        throw e;
      }
    }
  }

  /** What the store looks like. */
  public StoreLayout layout() {
    return header.layout();
  }

  /**
   * The memory of an object that this process is writing, valid until this client is closed. To be
   * used between the object's creation and its sealing only.
   */
  public MemorySegment writable(HeapRange range) {
    return slice(range);
  }

  /**
   * The memory of an object for copying out of it, read-only, valid until this client is closed. To
   * be used while the object is held only; must not be given to user code.
   */
  public MemorySegment readable(HeapRange range) {
    return slice(range).asReadOnly();
  }

  /**
   * The memory of a held object for user code, read-only, valid as long as it is reachable.
   *
   * @param onUnreachable gives back the hold; called exactly once, on the cleaner's thread, when
   *     nothing can reach the memory any more. It must not refer to the segment, nor block. If this
   *     method throws, it is not called.
   * @throws IOException if the file is gone, or the system has no room for another mapping
   */
  public MemorySegment view(HeapRange range, Runnable onUnreachable) throws IOException {
    checkRange(range);
    MemorySegment segment = map(range);
    // Slices and buffers share the scope, so the scope is what becomes unreachable with the last.
    cleaner.register(segment.scope(), onUnreachable);
    return segment;
  }

  /**
   * Unmaps the file. Views stay valid. No I/O on a slice may be going on.
   *
   * @throws IllegalStateException if this client is closed already, or such I/O is going on
   */
  @Override
  public void close() {
    arena.close();
  }

  private MemorySegment slice(HeapRange range) {
    checkRange(range);
    return mapping.asSlice(range.offset(), range.sizeBytes());
  }

  private void checkRange(HeapRange range) {
    if (!layout().heap().contains(range)) {
      throw new IndexOutOfBoundsException(
          "Range is outside the heap: range=" + range + ", heap=" + layout().heap());
    }
  }

  /**
   * Maps a range on its own. An interrupt closes the channel that it hits, even if it came before;
   * so each mapping has its own channel, the interrupt waits, and a mapping that it hits is made
   * again.
   */
  private MemorySegment map(HeapRange range) throws IOException {
    boolean isInterrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          return channel.map(MapMode.READ_ONLY, range.offset(), range.sizeBytes(), Arena.ofAuto());
        } catch (ClosedByInterruptException e) {
          isInterrupted = true;
          Thread.interrupted();
          if (attempt == MAP_ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static StoreHeader readHeader(Path file, FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(StoreHeader.BYTES);
    int count = 0;
    while (bytes.hasRemaining() && count >= 0) {
      count = channel.read(bytes, bytes.position());
    }
    return StoreHeader.decode(file.toString(), bytes.flip(), channel.size());
  }
}
