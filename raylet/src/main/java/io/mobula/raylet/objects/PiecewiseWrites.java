package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects that processes without shared memory create: they come in pieces, in order. Belongs
 * to one thread.
 */
final class PiecewiseWrites {

  private final Map<ObjectKey, Write> writes = new HashMap<>();

  /** An object of a client has its memory. */
  void begin(ObjectKey key, long client, HeapRange range) {
    writes.put(key, new Write(client, range, 0));
  }

  /** Whether this client sends this object. */
  boolean isWriter(ObjectKey key, long client) {
    Write write = writes.get(key);
    return write != null && write.client == client;
  }

  /** Where the next piece of an object goes, or null if it is not the next or too long. */
  @Nullable HeapRange accept(ObjectKey key, long offset, long lengthBytes) {
    Write write = write(key);
    if (offset != write.receivedBytes || lengthBytes > write.range.sizeBytes() - offset) {
      return null;
    }
    writes.put(key, new Write(write.client, write.range, offset + lengthBytes));
    return new HeapRange(write.range.offset() + offset, lengthBytes);
  }

  /** Whether all pieces of an object have come. */
  boolean isWhole(ObjectKey key) {
    Write write = write(key);
    return write.receivedBytes == write.range.sizeBytes();
  }

  /** An object is sealed or given up. */
  void remove(ObjectKey key) {
    writes.remove(key);
  }

  private Write write(ObjectKey key) {
    Write write = writes.get(key);
    if (write == null) {
      throw new IllegalStateException("Object does not come in pieces: key=" + key);
    }
    return write;
  }

  private record Write(long client, HeapRange range, long receivedBytes) {}
}
