package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillItem;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.spill.SpillWrite;
import io.mobula.store.table.HoldResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import io.mobula.store.table.StoreUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which primary copies go to disk, and when.
 *
 * <p>Belongs to one thread.
 *
 * <p>How it works: when more of the store is used than its mark, secondary copies are evicted. If
 * that is not enough, primaries are written to files of a batch each, the least recently used
 * first, until what stays is below the mark; if an object waits for room, whatever there is is
 * written. While an object is written, the raylet holds it. Afterwards the copy in memory is a
 * secondary one, which goes when its room is needed and nobody holds it. An object that is freed
 * while it is written is dead in its file from the start.
 *
 * <p>When there is no room on disk it pauses, says so, and tries again after a while or as soon as
 * a file is deleted. If all memory is taken then by what can't go to disk, and somebody wants to
 * read what is on disk, nothing could ever be read again; so as much as that reader needs is
 * written in spite of the limit, if collecting garbage has not helped for a while. The room comes
 * back when the object has been read and freed.
 */
final class Spiller {

  private static final int OBJECTS_PER_FILE_MAX = 2_000;

  /** How long a reader waits before the limit gives way: processes collect garbage meanwhile. */
  static final long READER_PATIENCE_NANOS = 2_000_000_000L;

  /** What it needs of the object table. */
  interface Desk {
    void effect(ObjectEffect effect);

    /** A secondary copy is gone. */
    void evicted(ObjectKey key);

    /** The raylet's hold of an object ends. */
    void release(ObjectKey key, long nowNanos);
  }

  private final long self;
  private final SpillConfig config;
  private final StoreTable store;
  private final SpillTable table;
  private final Desk desk;
  private final Map<ObjectKey, Long> primaries = new LinkedHashMap<>();
  private long primaryBytes;
  private int writing;
  private long writingBytes;
  private long pauseNanos;
  private long resumeNanos;
  private boolean isPaused;
  private boolean isAtLimit;
  private boolean isWanting;
  private @Nullable StoreUsage lookedAt;

  Spiller(long self, SpillConfig config, StoreTable store, SpillTable table, Desk desk) {
    this.self = self;
    this.config = config;
    this.store = store;
    this.table = table;
    this.desk = desk;
    this.pauseNanos = config.pauseMin().toNanos();
  }

  /** An object is a primary copy now. */
  void sealed(ObjectKey key, long sizeBytes) {
    primaries.put(key, sizeBytes);
    primaryBytes += sizeBytes;
  }

  /** Somebody reads an object. */
  void used(ObjectKey key) {
    Long sizeBytes = primaries.remove(key);
    if (sizeBytes != null) {
      primaries.put(key, sizeBytes);
    }
  }

  /** An object is freed: neither is it to be written, nor its copy on disk kept. */
  void forget(ObjectKey key) {
    removePrimary(key);
    table.drop(StoreKeys.of(key));
  }

  /** Whether memory will become free without anybody's doing. */
  boolean isWriting() {
    return writing > 0;
  }

  /** When {@link #step} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    return isPaused && isWanting ? resumeNanos : Long.MAX_VALUE;
  }

  /**
   * Does what is due.
   *
   * @param starvedBytes the size of an object that finds no room, or 0
   * @param reader what is wanted for reading and finds no room, or null
   */
  void step(long starvedBytes, @Nullable WaitingCreate reader, long nowNanos) {
    StoreUsage usage = store.usage();
    long markBytes = config.markBytes(usage.heap().capacityBytes());
    if (usage.heap().usedBytes() > markBytes && usage.leasedBytes() > 0 && store.closeChunks()) {
      usage = store.usage();
    }
    if (usage.heap().usedBytes() > markBytes && !usage.equals(lookedAt)) {
      store.evictDownTo(markBytes).forEach(key -> desk.evicted(StoreKeys.from(key)));
      usage = store.usage();
      lookedAt = usage;
    }
    cleanUp();
    long batchBytes = config.batchBytes(usage.heap().capacityBytes());
    isWanting = false;
    while (wants(usage, markBytes, batchBytes, starvedBytes)) {
      isWanting = true;
      if (writing == config.writersMax()
          || isPausing(nowNanos)
          || !begin(batchBytes, 0, nowNanos)) {
        break;
      }
      isWanting = false;
    }
    boolean isStuck = isAtLimit && isPaused && writing == 0 && !primaries.isEmpty();
    if (isStuck
        && reader != null
        && nowNanos - reader.sinceNanos() >= READER_PATIENCE_NANOS
        && table.contains(StoreKeys.of(reader.key()))) {
      begin(reader.sizeBytes(), Math.max(1, reader.sizeBytes()), nowNanos);
    }
  }

  /** Whether nothing more goes to disk for now. */
  boolean isPaused() {
    return isPaused;
  }

  /** An {@link ObjectEffect.Spill} is done. */
  void written(SpillBatch batch, SpillWrite result, long nowNanos) {
    writing--;
    writingBytes -= bytes(batch);
    table.written(batch, result).forEach(store::unpin);
    for (SpillItem item : batch.items()) {
      desk.release(StoreKeys.from(item.key()), nowNanos);
    }
    switch (result) {
      case SpillWrite.Written _ -> pauseNanos = config.pauseMin().toNanos();
      case SpillWrite.NoRoom(String reason) -> notWritten(batch, reason, nowNanos);
      case SpillWrite.Failed(String reason) -> notWritten(batch, reason, nowNanos);
    }
  }

  /** An {@link ObjectEffect.CompactSpill} is done. */
  void compacted(SpillCompaction compaction, SpillWrite result) {
    table.compacted(compaction, result);
  }

  /** An {@link ObjectEffect.DeleteSpill} is done. */
  void deleted(SpillFile file) {
    table.deleted(file);
    isPaused = false;
    isAtLimit = false;
    pauseNanos = config.pauseMin().toNanos();
  }

  private void cleanUp() {
    for (SpillFile file = table.nextDeletion(); file != null; file = table.nextDeletion()) {
      desk.effect(new ObjectEffect.DeleteSpill(file));
    }
    SpillCompaction compaction = writing == 0 ? table.nextCompaction() : null;
    if (compaction != null) {
      desk.effect(new ObjectEffect.CompactSpill(compaction));
    }
  }

  private boolean wants(StoreUsage usage, long markBytes, long batchBytes, long starvedBytes) {
    if (primaries.isEmpty()) {
      return false;
    }
    long stayingBytes = usage.heap().usedBytes() - usage.evictableBytes() - writingBytes;
    return (stayingBytes > markBytes && primaryBytes >= batchBytes) || writingBytes < starvedBytes;
  }

  private boolean isPausing(long nowNanos) {
    isPaused = isPaused && nowNanos - resumeNanos < 0;
    return isPaused;
  }

  /**
   * @param excessBytes how much may be written in spite of the limit
   */
  private boolean begin(long batchBytes, long excessBytes, long nowNanos) {
    long roomBytes = table.roomBytes();
    long takenBytes = 0;
    boolean isRoomLeft = true;
    List<SpillItem> items = new ArrayList<>();
    for (Map.Entry<ObjectKey, Long> each : List.copyOf(primaries.entrySet())) {
      if (takenBytes >= batchBytes || items.size() == OBJECTS_PER_FILE_MAX) {
        break;
      }
      roomBytes -= SpillTable.recordBytes(each.getValue());
      isRoomLeft = roomBytes >= 0 || takenBytes < excessBytes;
      if (!isRoomLeft) {
        break;
      }
      if (store.hold(StoreKeys.of(each.getKey()), self) instanceof HoldResult.Ready ready) {
        HeapRange range = ready.range();
        items.add(new SpillItem(StoreKeys.of(each.getKey()), range));
        takenBytes += range.sizeBytes();
      }
      removePrimary(each.getKey());
    }
    if (items.isEmpty()) {
      if (!isRoomLeft) {
        isAtLimit = true;
        pause("the limit is reached: limitBytes=" + config.limitBytes(), nowNanos);
      }
      return false;
    }
    SpillBatch batch = table.beginWrite(items);
    writing++;
    writingBytes += takenBytes;
    desk.effect(new ObjectEffect.Spill(batch));
    return true;
  }

  private void notWritten(SpillBatch batch, String reason, long nowNanos) {
    for (SpillItem item : batch.items()) {
      if (store.state(item.key()) == ObjectState.SEALED) {
        sealed(StoreKeys.from(item.key()), item.range().sizeBytes());
      }
    }
    isAtLimit = false;
    pause(reason, nowNanos);
  }

  private void pause(String reason, long nowNanos) {
    isPaused = true;
    resumeNanos = nowNanos + pauseNanos;
    String message =
        "Spilling pauses for "
            + Duration.ofNanos(pauseNanos).toMillis()
            + " ms: "
            + reason
            + ", spilled="
            + table.usage()
            + "; free references, make room on the disk, or set raylet.spill-directories or"
            + " raylet.spill-limit";
    pauseNanos = Math.min(2 * pauseNanos, config.pauseMax().toNanos());
    desk.effect(new ObjectEffect.Warn(message));
  }

  private void removePrimary(ObjectKey key) {
    Long sizeBytes = primaries.remove(key);
    if (sizeBytes != null) {
      primaryBytes -= sizeBytes;
    }
  }

  private static long bytes(SpillBatch batch) {
    return batch.items().stream().mapToLong(item -> item.range().sizeBytes()).sum();
  }
}
