package io.mobula.raylet.objects;

import io.mobula.raylet.transfer.PartMemory;
import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A range of a store as memory of a transfer.
 *
 * @param client of the store; open as long as the part is used
 */
record StorePart(StoreClient client, HeapRange range) implements PartMemory {

  @Override
  public long sizeBytes() {
    return range.sizeBytes();
  }

  @Override
  public @Nullable MemorySegment mapped(long firstByte, long lengthBytes) {
    return client.hot(range, firstByte, lengthBytes);
  }

  @Override
  public void read(long firstByte, ByteBuffer into) throws IOException {
    client.copyOut(range, firstByte, MemorySegment.ofBuffer(into));
    into.position(into.limit());
  }

  @Override
  public void write(long firstByte, ByteBuffer from) throws IOException {
    client.copyIn(range, firstByte, MemorySegment.ofBuffer(from));
    from.position(from.limit());
  }
}
