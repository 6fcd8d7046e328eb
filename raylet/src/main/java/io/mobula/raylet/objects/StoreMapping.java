package io.mobula.raylet.objects;

import io.mobula.agent.loop.Clock;
import io.mobula.raylet.transfer.PartMemory;
import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import io.mobula.store.file.StoreFile;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTarget;
import io.mobula.store.spill.SpillWrite;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;

/**
 * The raylet's own mapping of its store file, writable. Any thread may read and write the slices
 * and parts that the object table lets it; the loop closes it when nobody does.
 */
final class StoreMapping implements AutoCloseable {

  private final StoreClient client;

  private StoreMapping(StoreClient client) {
    this.client = client;
  }

  /**
   * Maps the file.
   *
   * @param background touches memory ahead, a task at a time
   */
  static StoreMapping of(StoreFile file, Executor background, Clock clock) throws IOException {
    return new StoreMapping(
        StoreClient.openForCopies(file.path(), file.incarnation(), background, clock::nanoTime));
  }

  MemorySegment slice(HeapRange range) {
    return slice(range.offset(), range.sizeBytes());
  }

  MemorySegment slice(long offset, long sizeBytes) {
    return client.region(offset, sizeBytes);
  }

  PartMemory part(HeapRange range) {
    return new StorePart(client, range);
  }

  /** Writes objects of the store to a file of the target; blocks. */
  SpillWrite spill(SpillTarget target, SpillBatch batch) {
    return target.write(batch, client);
  }

  /** Reads an object back; blocks. */
  SpillRead restore(SpillTarget target, SpillSlot slot, HeapRange destination) {
    return target.read(slot, client, destination);
  }

  @Override
  public void close() {
    client.close();
  }
}
