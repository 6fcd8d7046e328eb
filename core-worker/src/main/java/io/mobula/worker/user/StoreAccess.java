package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLayout;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkSlot;
import io.mobula.store.chunk.ChunkWriter;
import io.mobula.store.client.StoreClient;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.serialization.ByteSource;
import io.mobula.worker.serialization.ByteTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of stored objects for user threads: in the node's shared memory, or, for a process on
 * another host, copies of its own. Thread-safe.
 */
final class StoreAccess {
  private final @Nullable StoreClient client;
  private final @Nullable StoreReader reader;
  private final int holdTable;
  private final Mail mail;

  /** The last chunk that this process leased; it may be full or ended. */
  private volatile @Nullable ChunkWriter chunk;

  /**
   * @param client null for a process without shared memory
   * @param reader null for a process that has no hold table
   * @param holdTable the number of that table
   */
  StoreAccess(
      @Nullable StoreClient client, @Nullable StoreReader reader, int holdTable, Mail mail) {
    this.client = client;
    this.reader = reader;
    this.holdTable = holdTable;
    this.mail = mail;
  }

  /** Whether this process reads and writes the store's file itself. */
  boolean isShared() {
    return client != null;
  }

  /** Takes memory that this process leases for a new object; null if it has to ask for some. */
  @Nullable StoreSlot reserve(long sizeBytes) {
    ChunkWriter writer = chunk;
    if (writer == null || sizeBytes >= ChunkLayout.OBJECT_BYTES_END) {
      return null;
    }
    ChunkSlot slot = writer.reserve(sizeBytes);
    return slot == null ? null : new StoreSlot(writer, slot);
  }

  /** The raylet has leased a chunk to this process; the one before it has ended. */
  void useChunk(ChunkLease lease) {
    if (reader != null) {
      chunk = shared().chunkWriter(holdTable, reader, lease);
    }
  }

  /** Where to write a new object. */
  ByteTarget target(HeapRange range) {
    StoreClient store = shared();
    return (at, bytes) -> {
      try {
        store.copyIn(range, at, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("the object can't be written: range=" + range, e);
      }
    };
  }

  /**
   * The bytes of an object that is in use by the caller, for a decoder. Views of it outlive the
   * call: they take the caller's use with them and end it when the program can no longer reach
   * them; else the caller ends it.
   */
  Source read(ObjectKey key, MappedObject object) {
    MemorySegment streamed = object.streamedBytes();
    return streamed != null
        ? new StreamedSource(streamed)
        : new SharedSource(shared(), key, object, mail);
  }

  /**
   * Holds an object of this node without a message.
   *
   * @return with one use, the caller's; null if the raylet must be asked
   */
  @Nullable MappedObject tryHold(ObjectKey key) {
    Held held = reader == null ? null : reader.tryHold(key.owner(), key.sequence());
    return held == null ? null : MappedObject.held(held);
  }

  /** Ends a use of the caller's. */
  void endUse(ObjectKey key, MappedObject object) {
    endUse(mail, key, object);
  }

  private static void endUse(Mail mail, ObjectKey key, MappedObject object) {
    if (object.endUse()) {
      Held held = object.hold();
      boolean isAwaited = held != null && held.release();
      mail.postUnlessClosed(new CoreMessage.LetGo(key, object, isAwaited));
    }
  }

  void close() {
    if (reader != null) {
      reader.close();
    }
    if (client != null) {
      client.close();
    }
  }

  private StoreClient shared() {
    if (client == null) {
      throw new IllegalStateException("no shared memory in this process");
    }
    return client;
  }

  /**
   * Room for an object in a chunk, for the thread that reserved it.
   *
   * @param chunk has the room, even if another is in use meanwhile
   */
  record StoreSlot(ChunkWriter chunk, ChunkSlot slot) {
    HeapRange range() {
      return slot.range();
    }

    /** The object is written. */
    void seal(ObjectKey key) {
      chunk.seal(slot, key.owner(), key.sequence());
    }

    /** It will not be. */
    void abort() {
      chunk.abort(slot);
    }
  }

  /** The bytes of an object. */
  sealed interface Source extends ByteSource {
    /** Whether a view has taken the use of the object with it. */
    boolean isUseTaken();
  }

  /** Bytes in this process's own memory. */
  private record StreamedSource(MemorySegment segment) implements Source {
    @Override
    public long sizeBytes() {
      return segment.byteSize();
    }

    @Override
    public void copyTo(long from, MemorySegment target) {
      MemorySegment.copy(segment, from, target, 0, target.byteSize());
    }

    @Override
    public boolean isUseTaken() {
      return false;
    }
  }

  /** Bytes in the node's shared memory. Used by one thread. */
  private static final class SharedSource implements Source {
    private final StoreClient client;
    private final ObjectKey key;
    private final MappedObject object;
    private final HeapRange range;
    private final Mail mail;
    private boolean isUseTaken;

    SharedSource(StoreClient client, ObjectKey key, MappedObject object, Mail mail) {
      this.client = client;
      this.key = key;
      this.object = object;
      this.range = new HeapRange(object.offset(), object.sizeBytes());
      this.mail = mail;
    }

    @Override
    public long sizeBytes() {
      return range.sizeBytes();
    }

    @Override
    public void copyTo(long from, MemorySegment target) {
      try {
        client.copyOut(range, from, target);
      } catch (IOException e) {
        throw new UncheckedIOException("the object can't be read: object=" + key, e);
      }
    }

    @Override
    public MemorySegment segment() {
      // What ends the use must not reach the view, so it refers to neither this nor the client.
      ObjectKey viewed = key;
      MappedObject used = object;
      Mail post = mail;
      try {
        MemorySegment view = client.view(range, () -> endUse(post, viewed, used));
        isUseTaken = true;
        return view;
      } catch (IOException e) {
        throw new UncheckedIOException("the object can't be mapped: object=" + key, e);
      }
    }

    @Override
    public boolean isUseTaken() {
      return isUseTaken;
    }
  }
}
