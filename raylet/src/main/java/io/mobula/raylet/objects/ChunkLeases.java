package io.mobula.raylet.objects;

import io.mobula.store.chunk.ChunkLayout;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.table.StoreTable;
import io.mobula.store.table.StoreUsage;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which process leases a chunk of the store, and for how long. Belongs to the object
 * table's thread.
 *
 * <p>A chunk is for a process that creates one middle-sized object after the other: who asks for
 * room twice within {@link #PAIR_NANOS} gets one, if the store has memory to spare. It ends when it
 * is full, when nothing was put into it for {@link #IDLE_NANOS}, or when others need the memory.
 */
final class ChunkLeases {

  static final long PAIR_NANOS = 1_000_000_000;
  static final long IDLE_NANOS = 1_000_000_000;

  /** Chunks of a larger store are no larger. */
  private static final long CHUNK_BYTES_MAX = 8 << 20;

  private static final int CAPACITY_PER_CHUNK = 64;
  private static final int CAPACITY_PER_CHUNKS = 8;

  /** A chunk that can't be filled leaves less than this part of it. */
  private static final int CHUNK_PER_OBJECT = 8;

  private static final long CHUNK_ALIGNMENT_BYTES = 64 << 10;

  private final StoreTable store;
  private final CreateQueue creates;
  private final long markBytes;
  private final long chunkBytes;
  private final Map<Long, Long> createdNanos = new HashMap<>();
  private final Map<Long, Use> uses = new HashMap<>();

  /**
   * @param markBytes of a store with more used bytes no chunk is leased
   */
  ChunkLeases(StoreTable store, CreateQueue creates, long markBytes) {
    this.store = store;
    this.creates = creates;
    this.markBytes = markBytes;
    long capacityBytes = store.usage().heap().capacityBytes();
    long wantedBytes = Math.min(capacityBytes / CAPACITY_PER_CHUNK, CHUNK_BYTES_MAX);
    this.chunkBytes = wantedBytes - wantedBytes % CHUNK_ALIGNMENT_BYTES;
  }

  /**
   * A process that maps the store was given room for an object that it had asked for.
   *
   * @return a chunk for its next ones, or null
   */
  @Nullable ChunkLease created(long client, long sizeBytes, long nowNanos) {
    if (sizeBytes > chunkBytes / CHUNK_PER_OBJECT || sizeBytes >= ChunkLayout.OBJECT_BYTES_END) {
      return null;
    }
    Long beforeNanos = createdNanos.put(client, nowNanos);
    StoreUsage usage = store.usage();
    boolean isWanted = beforeNanos != null && nowNanos - beforeNanos < PAIR_NANOS;
    boolean isRoom =
        usage.heap().usedBytes() + chunkBytes <= markBytes
            && usage.leasedBytes() + chunkBytes
                <= usage.heap().capacityBytes() / CAPACITY_PER_CHUNKS;
    ChunkLease lease = isWanted && isRoom ? lease(client, sizeBytes) : null;
    if (lease != null) {
      uses.put(client, new Use(0, nowNanos));
    }
    return lease;
  }

  private @Nullable ChunkLease lease(long client, long sizeBytes) {
    if (store.chunkedCount(client) >= 0) {
      return null;
    }
    ChunkLease lease = store.leaseChunk(client, chunkBytes);
    if (lease == null) {
      creates.growAheadNow(chunkBytes);
    }
    for (long bytes = chunkBytes / 2;
        lease == null && bytes >= CHUNK_PER_OBJECT * sizeBytes;
        bytes /= 2) {
      lease = store.leaseChunk(client, bytes - bytes % ChunkLayout.UNIT_BYTES);
    }
    return lease;
  }

  /** A process is gone. */
  void gone(long client) {
    createdNanos.remove(client);
    uses.remove(client);
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    long nextNanos = Long.MAX_VALUE;
    for (Use use : uses.values()) {
      nextNanos = Math.min(nextNanos, use.sinceNanos() + IDLE_NANOS);
    }
    return nextNanos;
  }

  /** Ends the chunks that nobody uses. */
  void onTime(long nowNanos) {
    for (Iterator<Map.Entry<Long, Use>> left = uses.entrySet().iterator(); left.hasNext(); ) {
      Map.Entry<Long, Use> entry = left.next();
      Use use = entry.getValue();
      if (nowNanos - use.sinceNanos() < IDLE_NANOS) {
        continue;
      }
      int objectCount = store.chunkedCount(entry.getKey());
      if (objectCount == use.objectCount() || objectCount < 0) {
        store.closeChunk(entry.getKey());
        left.remove();
      } else {
        entry.setValue(new Use(objectCount, nowNanos));
      }
    }
  }

  /**
   * How a chunk was used when it was last looked at.
   *
   * @param objectCount how many objects were put into it
   */
  private record Use(int objectCount, long sinceNanos) {}
}
