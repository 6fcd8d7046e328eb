package io.mobula.store.client;

import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkWriter;
import io.mobula.store.hold.StoreReader;
import io.mobula.store.layout.StoreFormatException;
import io.mobula.store.layout.StoreHeader;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This process's access to the bytes of a store.
 *
 * <p>May be used by any thread. It knows nothing of objects: a range is what the owner said in
 * reply to a request, or what a lookup in shared memory found, and in either case it stays what it
 * is for as long as the caller holds the object. How a hold is given back is the caller's secret,
 * too: a {@link #view} gets it as an action.
 *
 * <p>How it works: the whole file is mapped once, when the store is opened. Copies ({@link
 * #copyIn}, {@link #copyOut}) go through that mapping, after this process has touched the memory by
 * reading from it, where that is quick ({@link TouchPace}). Where it is slow, memory that was not
 * touched is copied by write and read calls, because page faults are ten times slower than either,
 * and touched in the background when it is used a second time. A {@link #view} may be given to user
 * code: it is read-only and tells when the last reference to it, to any slice of it and to any
 * buffer made from it is gone. It stays valid until then, whatever happens to this client, to the
 * owner, or to the file; see {@link StoreViews}.
 */
public final class StoreClient implements AutoCloseable {

  /** Below this, a copy goes through the mapping, hot or not: it touches few pages. */
  private static final long COLD_BYTES_MIN = 32 << 10;

  /** What is touched at a time before it is copied. */
  private static final long TOUCHED_BYTES = 8L * BlockHeat.BLOCK_BYTES;

  /** What the system maps with one fault if it can. */
  private static final long FAULT_BYTES = 64 << 10;

  private final StoreHeader header;
  private final @Nullable Cleaner cleaner;
  private final Executor background;
  private final Arena arena;
  private final MemorySegment mapping;

  /** Header, index, hold tables and chunk logs; mapped as long as it is reachable. */
  private final MemorySegment control;

  private final StoreViews views;
  private final ColdFile cold;
  private final BlockHeat heat;
  private final TouchPace pace;

  /** Where reads go that are made for their page fault alone, so that they are made. */
  @SuppressWarnings("UnusedVariable")
  private volatile byte touched;

  private StoreClient(
      Path file,
      StoreHeader header,
      @Nullable Cleaner cleaner,
      Executor background,
      LongSupplier nanoTime,
      Arena arena,
      MemorySegment mapping,
      MemorySegment control) {
    this.header = header;
    this.cleaner = cleaner;
    this.background = background;
    this.arena = arena;
    this.mapping = mapping;
    this.control = control;
    this.views = new StoreViews(file, header.layout().fileBytes());
    this.cold = new ColdFile(file);
    this.heat = new BlockHeat(header.layout());
    this.pace = new TouchPace(nanoTime);
  }

  /**
   * Opens a store.
   *
   * @param file the store's file, as its owner names it
   * @param incarnation the number of the node that it must belong to
   * @param cleaner runs the actions of {@link #view}
   * @param background touches memory that is likely to be used again; one thread is enough
   * @param nanoTime to see how long touching takes
   * @throws StoreFormatException if the file is not that store, or of another layout version
   */
  public static StoreClient open(
      Path file, long incarnation, Cleaner cleaner, Executor background, LongSupplier nanoTime)
      throws IOException {
    return open(file, incarnation, MapMode.READ_WRITE, cleaner, background, nanoTime);
  }

  /**
   * Opens a store to copy objects out of it. The mapping is read-only, and there are no views.
   *
   * @param file the store's file, as its owner names it
   * @param incarnation the number of the node that it must belong to
   * @param background touches memory that is likely to be used again; one thread is enough
   * @param nanoTime to see how long touching takes
   * @throws StoreFormatException if the file is not that store, or of another layout version
   */
  public static StoreClient openForReading(
      Path file, long incarnation, Executor background, LongSupplier nanoTime) throws IOException {
    return open(file, incarnation, MapMode.READ_ONLY, null, background, nanoTime);
  }

  /**
   * Opens a store to copy objects into and out of it. There are no views.
   *
   * @param file the store's file
   * @param incarnation the number of the node that it must belong to
   * @param background touches memory that is likely to be used again; one thread is enough
   * @param nanoTime to see how long touching takes
   * @throws StoreFormatException if the file is not that store, or of another layout version
   */
  public static StoreClient openForCopies(
      Path file, long incarnation, Executor background, LongSupplier nanoTime) throws IOException {
    return open(file, incarnation, MapMode.READ_WRITE, null, background, nanoTime);
  }

  @SuppressWarnings("MustBeClosedChecker") // The arena is the client's, until close().
  private static StoreClient open(
      Path file,
      long incarnation,
      MapMode mode,
      @Nullable Cleaner cleaner,
      Executor background,
      LongSupplier nanoTime)
      throws IOException {
    Set<StandardOpenOption> options =
        mode == MapMode.READ_ONLY
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options)) {
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
        MemorySegment mapping = channel.map(mode, 0, fileBytes, arena);
        MemorySegment control = channel.map(mode, 0, header.layout().heapOffset(), Arena.ofAuto());
        return new StoreClient(
            file, header, cleaner, background, nanoTime, arena, mapping, control);
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
   * Copies {@code source} into an object that this process is writing, from byte {@code at} on. To
   * be used between the object's creation and its sealing only.
   *
   * @throws IOException if the system can't write
   */
  public void copyIn(HeapRange object, long at, MemorySegment source) throws IOException {
    HeapRange whole = part(object, at, source.byteSize());
    long done = 0;
    while (done < whole.sizeBytes()) {
      HeapRange run = nextRun(whole, done);
      MemorySegment piece = source.asSlice(done, run.sizeBytes());
      if (isThroughMapping(run)) {
        MemorySegment.copy(piece, 0, mapping, run.offset(), run.sizeBytes());
      } else {
        cold.write(run, piece);
        warm(run);
      }
      done += run.sizeBytes();
    }
  }

  /**
   * Copies bytes of a held object to {@code target}, as many as that has, from byte {@code at} on.
   *
   * @throws IOException if the system can't read
   */
  public void copyOut(HeapRange object, long at, MemorySegment target) throws IOException {
    HeapRange whole = part(object, at, target.byteSize());
    long done = 0;
    while (done < whole.sizeBytes()) {
      HeapRange run = nextRun(whole, done);
      if (isThroughMapping(run)) {
        MemorySegment.copy(mapping, run.offset(), target, done, run.sizeBytes());
      } else {
        cold.read(run, target.asSlice(done, run.sizeBytes()));
        warm(run);
      }
      done += run.sizeBytes();
    }
  }

  /**
   * Any part of the file as mapped memory, valid until this client is closed. For the owner, whose
   * loop knows who may touch what.
   */
  public MemorySegment region(long offset, long sizeBytes) {
    return mapping.asSlice(offset, sizeBytes);
  }

  /**
   * Bytes of a held object, or of one that this process is writing, as mapped memory for system
   * calls to read or write, valid until this client is closed.
   *
   * @return null if this process has not touched all of it and touching is slow: then a copy by
   *     {@link #copyIn} or {@link #copyOut} is faster, and leads to its being touched
   */
  public @Nullable MemorySegment hot(HeapRange object, long at, long sizeBytes) {
    HeapRange range = part(object, at, sizeBytes);
    boolean isHot =
        range.sizeBytes() < COLD_BYTES_MIN
            || (heat.isHot(range.offset()) && heat.runBytes(range) == range.sizeBytes());
    return isHot || touchNow(range) ? mapping.asSlice(range.offset(), range.sizeBytes()) : null;
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
    if (cleaner == null) {
      throw new IllegalStateException("Client was opened for copies alone: range=" + range);
    }
    MemorySegment segment = views.view(range);
    // Slices and buffers share the scope, so the scope is what becomes unreachable with the last.
    cleaner.register(segment.scope(), onUnreachable);
    return segment;
  }

  /**
   * Reads objects of the store without a message to its owner. Stays good after this client is
   * closed, for holds that are left then.
   *
   * @param holdTable the number of the table that the owner has given to this client
   * @param tellOwner see {@link StoreReader#of}
   */
  public StoreReader reader(int holdTable, Runnable tellOwner) {
    StoreLayout layout = layout();
    return StoreReader.of(
        control.asSlice(
            layout.indexOffset(), (long) layout.indexSlotCount() * StoreLayout.INDEX_SLOT_BYTES),
        control.asSlice(
            layout.holdsOffset() + (long) holdTable * StoreLayout.HOLD_TABLE_BYTES,
            StoreLayout.HOLD_TABLE_BYTES),
        layout,
        tellOwner);
  }

  /**
   * Puts objects into a chunk that the owner has leased to this client.
   *
   * @param holdTable the number of this client's hold table, which its chunk log goes with
   * @param reader of that table
   */
  public ChunkWriter chunkWriter(int holdTable, StoreReader reader, ChunkLease lease) {
    MemorySegment log =
        control.asSlice(layout().chunkLogOffset(holdTable), StoreLayout.CHUNK_LOG_BYTES);
    return new ChunkWriter(reader, log, lease);
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

  private HeapRange part(HeapRange object, long at, long sizeBytes) {
    checkRange(object);
    Objects.checkFromIndexSize(at, sizeBytes, object.sizeBytes());
    return new HeapRange(object.offset() + at, sizeBytes);
  }

  private HeapRange nextRun(HeapRange whole, long done) {
    HeapRange rest = new HeapRange(whole.offset() + done, whole.sizeBytes() - done);
    if (rest.sizeBytes() < COLD_BYTES_MIN) {
      return rest;
    }
    long runBytes = heat.runBytes(rest);
    return new HeapRange(
        rest.offset(), heat.isHot(rest.offset()) ? runBytes : Math.min(runBytes, TOUCHED_BYTES));
  }

  private boolean isThroughMapping(HeapRange run) {
    return run.sizeBytes() < COLD_BYTES_MIN || heat.isHot(run.offset()) || touchNow(run);
  }

  /** Touches what is not hot of the range, unless that is slow; whether all of it is hot now. */
  private boolean touchNow(HeapRange range) {
    BlockHeat.Blocks blocks = BlockHeat.blocks(range);
    for (int block = blocks.from(); block < blocks.to(); block++) {
      if (!heat.isHot(block)) {
        if (!pace.isQuick()) {
          return false;
        }
        touchBlock(block);
      }
    }
    return true;
  }

  /**
   * Memory that is used a second time will be used again: touch it, but not while somebody waits.
   */
  private void warm(HeapRange run) {
    BlockHeat.Blocks blocks = heat.coldUse(run);
    if (!blocks.isEmpty()) {
      background.execute(() -> touch(blocks));
    }
  }

  private void touch(BlockHeat.Blocks blocks) {
    try {
      for (int block = blocks.from(); block < blocks.to(); block++) {
        if (heat.isWarming(block)) {
          touchBlock(block);
        }
      }
    } catch (IllegalStateException e) {
      if (arena.scope().isAlive()) {
        throw e;
      }
    }
  }

  private void touchBlock(int block) {
    long start = (long) block * BlockHeat.BLOCK_BYTES;
    long end = Math.min(start + BlockHeat.BLOCK_BYTES, layout().fileBytes());
    // The first read of a process links the code, which takes as long as many blocks.
    touch(start, start + 1, 1);
    pace.measure(
        () -> touch(start, end, FAULT_BYTES), () -> touch(start, end, layout().pageBytes()));
    heat.warmed(block);
  }

  /** A read of one byte makes the page's entry, for writing too, and changes nothing. */
  private void touch(long start, long end, long stepBytes) {
    for (long page = start; page < end; page += stepBytes) {
      touched = mapping.get(ValueLayout.JAVA_BYTE, page);
    }
  }

  private void checkRange(HeapRange range) {
    if (!layout().heap().contains(range)) {
      throw new IndexOutOfBoundsException(
          "Range is outside the heap: range=" + range + ", heap=" + layout().heap());
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
