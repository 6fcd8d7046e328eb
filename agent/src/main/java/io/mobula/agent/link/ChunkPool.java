package io.mobula.agent.link;

import java.util.ArrayDeque;

/**
 * Arrays for outgoing frames, shared by the connections of one loop, so that an idle connection
 * holds none. Keeps a few; more come from and go to the collector. Owner thread: the loop's.
 */
final class ChunkPool {
  static final int CHUNK_BYTES = 64 << 10;

  private static final int KEPT_MAX = 16;

  private final ArrayDeque<byte[]> free = new ArrayDeque<>();

  byte[] acquire() {
    byte[] chunk = free.pollLast();
    return chunk == null ? new byte[CHUNK_BYTES] : chunk;
  }

  /** Takes back any array; those of another size are not kept. */
  void release(byte[] chunk) {
    if (chunk.length == CHUNK_BYTES && free.size() < KEPT_MAX) {
      free.addLast(chunk);
    }
  }
}
