package io.mobula.store.hold;

import io.mobula.store.HeapRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One hold of an object in shared memory. Any thread may use it; the object's bytes may be read
 * until it is released, and a hold that is never released lasts as long as the process.
 */
public final class Held {

  private static final VarHandle IS_RELEASED;

  static {
    try {
      IS_RELEASED = MethodHandles.lookup().findVarHandle(Held.class, "isReleased", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final StoreReader reader;
  private final int entry;
  private final int slot;
  private final long offset;
  private final long sizeBytes;

  @SuppressWarnings("UnusedVariable") // Used through IS_RELEASED.
  private boolean isReleased;

  Held(StoreReader reader, int entry, int slot, long offset, long sizeBytes) {
    this.reader = reader;
    this.entry = entry;
    this.slot = slot;
    this.offset = offset;
    this.sizeBytes = sizeBytes;
  }

  /** Where the object starts in the store's file. */
  public long offset() {
    return offset;
  }

  /** How many bytes the object has. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Where the object is. */
  public HeapRange range() {
    return new HeapRange(offset, sizeBytes);
  }

  /**
   * Ends the hold. A second call does nothing and returns false.
   *
   * @return whether the owner waits for this and must be told, by a ReleaseNotice
   */
  public boolean release() {
    return !(boolean) IS_RELEASED.getAndSet(this, true) && reader.end(entry, slot);
  }
}
