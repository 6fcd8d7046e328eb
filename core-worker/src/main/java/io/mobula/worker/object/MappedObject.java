package io.mobula.worker.object;

import io.mobula.store.hold.Held;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a sealed object that are held for this process until the last use is gone: in the
 * node's shared memory, by this process's own hold table or by the raylet, or streamed to a process
 * that has none. Thread-safe: whoever has a use may add another; the loop lets go of the object
 * once the last is gone.
 */
public final class MappedObject {
  private final long offset;
  private final long sizeBytes;
  private final @Nullable MemorySegment streamed;
  private final @Nullable Held held;
  private final AtomicInteger uses = new AtomicInteger(1);

  private MappedObject(
      long offset, long sizeBytes, @Nullable MemorySegment streamed, @Nullable Held held) {
    this.offset = offset;
    this.sizeBytes = sizeBytes;
    this.streamed = streamed;
    this.held = held;
  }

  /** In the store's file, held by the raylet, with one use, the maker's. */
  public static MappedObject shared(long offset, long sizeBytes) {
    return new MappedObject(offset, sizeBytes, null, null);
  }

  /** In the store's file, held in this process's table, with one use, the maker's. */
  public static MappedObject held(Held held) {
    return new MappedObject(held.offset(), held.sizeBytes(), null, held);
  }

  /** In this process's own memory, with one use, the maker's: it has no access to the store's. */
  public static MappedObject streamed(MemorySegment bytes) {
    return new MappedObject(0, bytes.byteSize(), bytes.asReadOnly(), null);
  }

  /** The bytes, if they are not in the store's file. */
  public @Nullable MemorySegment streamedBytes() {
    return streamed;
  }

  /** This process's own hold, if that is what keeps the bytes. */
  public @Nullable Held hold() {
    return held;
  }

  /** Offset in the store file. */
  public long offset() {
    return offset;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Adds a use unless the last one is gone.
   *
   * @return false if it is gone: fetch the object again
   */
  public boolean tryUse() {
    while (true) {
      int now = uses.get();
      if (now == 0) {
        return false;
      }
      if (uses.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /**
   * Takes a use away. Any thread that has one.
   *
   * @return true if it was the last: have the loop let go of the object
   */
  public boolean endUse() {
    int left = uses.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("use ended too often: offset=" + offset);
    }
    return left == 0;
  }
}
