package io.mobula.store.client;

import io.mobula.store.HeapRange;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Objects as arrays. */
final class Copies {
  private Copies() {}

  static void in(StoreClient client, HeapRange range, byte[] bytes) throws IOException {
    client.copyIn(range, 0, MemorySegment.ofArray(bytes));
  }

  static byte[] out(StoreClient client, HeapRange range) throws IOException {
    byte[] bytes = new byte[(int) range.sizeBytes()];
    client.copyOut(range, 0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
