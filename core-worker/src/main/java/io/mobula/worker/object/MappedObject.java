package io.mobula.worker.object;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a sealed object that the raylet holds for this process until the last use is gone:
 * in the node's shared memory, or streamed to a process that has none. Thread-safe: a user thread
 * that has a use may add another; the loop takes uses away.
 */
public final class MappedObject {
  private final long offset;
  private final long sizeBytes;
  private final @Nullable MemorySegment streamed;
  private final AtomicInteger uses = new AtomicInteger(1);

  private MappedObject(long offset, long sizeBytes, @Nullable MemorySegment streamed) {
    this.offset = offset;
    this.sizeBytes = sizeBytes;
    this.streamed = streamed;
  }

  /** In the store's file, with one use, the maker's. */
  public static MappedObject shared(long offset, long sizeBytes) {
    return new MappedObject(offset, sizeBytes, null);
  }

  /** In this process's own memory, with one use, the maker's: it has no access to the store's. */
  public static MappedObject streamed(MemorySegment bytes) {
    return new MappedObject(0, bytes.byteSize(), bytes.asReadOnly());
  }

  /** The bytes, if they are not in the store's file. */
  public @Nullable MemorySegment streamedBytes() {
    return streamed;
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
   * Takes a use away. Loop only.
   *
   * @return true if it was the last: tell the raylet
   */
  public boolean endUse() {
    int left = uses.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("use ended too often: offset=" + offset);
    }
    return left == 0;
  }
}
