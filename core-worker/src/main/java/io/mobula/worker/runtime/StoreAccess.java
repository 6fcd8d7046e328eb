package io.mobula.worker.runtime;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.serialization.ValueKind;
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
  private final Mail mail;

  /**
   * @param client null for a process without shared memory
   */
  StoreAccess(@Nullable StoreClient client, Mail mail) {
    this.client = client;
    this.mail = mail;
  }

  /** Whether this process reads and writes the store's file itself. */
  boolean isShared() {
    return client != null;
  }

  /** Where to write a new object of that size. */
  MemorySegment writable(long offset, long sizeBytes) {
    if (client == null) {
      throw new IllegalStateException("no shared memory in this process");
    }
    return client.writable(new HeapRange(offset, sizeBytes));
  }

  /**
   * The bytes of an object that is in use by the caller, for a decoder. Views of it outlive the
   * call: they take the caller's use with them and end it when the program can no longer reach
   * them; else the caller ends it.
   *
   * @return whether the use went with the bytes
   */
  Readable read(ObjectKey key, MappedObject object, int kind) {
    MemorySegment streamed = object.streamedBytes();
    if (streamed != null) {
      return new Readable(streamed, false);
    }
    if (client == null) {
      throw new IllegalStateException("no shared memory in this process");
    }
    HeapRange range = new HeapRange(object.offset(), object.sizeBytes());
    if (!isView(kind)) {
      return new Readable(client.readable(range), false);
    }
    try {
      return new Readable(
          client.view(range, () -> mail.postUnlessClosed(new CoreMessage.EndUse(key, object))),
          true);
    } catch (IOException e) {
      throw new UncheckedIOException("the object can't be mapped: object=" + key, e);
    }
  }

  void close() {
    if (client != null) {
      client.close();
    }
  }

  private static boolean isView(int kind) {
    return kind == ValueKind.MEMORY_SEGMENT.number()
        || kind == ValueKind.BYTE_BUFFER.number()
        || kind == ValueKind.BYTE_BUFFER_LITTLE_ENDIAN.number();
  }

  /**
   * Bytes to decode.
   *
   * @param isUseTaken whether they end the use of the object themselves
   */
  record Readable(MemorySegment bytes, boolean isUseTaken) {}
}
