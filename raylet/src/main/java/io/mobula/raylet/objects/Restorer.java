package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which spilled objects are being brought back.
 *
 * <p>Belongs to one thread.
 *
 * <pre>
 *   want             granted           a reader is free          ended
 *   ──────► WAITING ────────► QUEUED ──────────────────► READING ─────► (gone)
 *              └── cancelled, refused ──► (gone)   ▲          │ failed
 *                                                  └──PAUSED──┘
 * </pre>
 *
 * <p>An object is brought back once, however many want it. From QUEUED on it has memory, as an
 * object that the raylet writes; once there, nothing stops it but being freed. A file that can't be
 * read once may be the next time, as when the process had too many files open: only one that can't
 * be read {@value #READS_MAX} times in some seconds is given up.
 */
final class Restorer {

  private static final int READS_MAX = 6;
  private static final long PAUSE_NANOS = 100_000_000;

  private final SpillTable table;
  private final CreateQueue creates;
  private final Consumer<ObjectEffect> effects;
  private final long self;
  private final int readersMax;
  private final Map<ObjectKey, Long> waiting = new HashMap<>();
  private final Map<ObjectKey, Read> queued = new LinkedHashMap<>();
  private final Map<SpillSlot, Read> started = new HashMap<>();
  private final Map<ObjectKey, Read> paused = new LinkedHashMap<>();
  private int reading;

  Restorer(
      long self,
      int readersMax,
      SpillTable table,
      CreateQueue creates,
      Consumer<ObjectEffect> effects) {
    this.self = self;
    this.readersMax = readersMax;
    this.table = table;
    this.creates = creates;
    this.effects = effects;
  }

  /** Whether an object is on disk and nothing of it in memory. */
  boolean isRestorable(ObjectKey key, StoreTable store) {
    return table.contains(StoreKeys.of(key))
        && store.state(StoreKeys.of(key)) == ObjectState.ABSENT;
  }

  /** Somebody wants a spilled object of which there is nothing in memory. */
  void want(ObjectKey key, CreatePriority priority, long nowNanos) {
    long sizeBytes = table.sizeBytes(StoreKeys.of(key));
    if (waiting.putIfAbsent(key, sizeBytes) == null) {
      creates.add(new WaitingCreate(key, sizeBytes, self, 0, nowNanos, priority));
    } else {
      creates.raise(key, priority);
    }
  }

  /** Whether it waits for room for this object. */
  boolean isWaiting(ObjectKey key) {
    return waiting.containsKey(key);
  }

  /** Nobody wants the object any more, or its room was refused. */
  void cancel(ObjectKey key) {
    if (waiting.remove(key) != null) {
      creates.remove(create -> create.client() == self && create.key().equals(key));
    }
  }

  /** The object that it waited for has memory. */
  void granted(ObjectKey key, HeapRange range) {
    waiting.remove(key);
    queued.put(key, new Read(range, 0, 0));
    readNext();
  }

  /**
   * The object is freed.
   *
   * @return whether it had memory that nobody was writing to, which is the caller's to give back
   */
  boolean drop(ObjectKey key) {
    cancel(key);
    return queued.remove(key) != null || paused.remove(key) != null;
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    return paused.values().stream().mapToLong(Read::notBeforeNanos).min().orElse(Long.MAX_VALUE);
  }

  /** Reads again what could not be read. */
  void onTime(long nowNanos) {
    paused
        .entrySet()
        .removeIf(each -> {
          boolean isDue = nowNanos - each.getValue().notBeforeNanos >= 0;
          if (isDue) {
            queued.put(each.getKey(), each.getValue());
          }
          return isDue;
        });
    readNext();
  }

  /** An {@link ObjectEffect.Restore} is done, and the bytes are there. */
  void ended(SpillSlot slot) {
    reading--;
    started.remove(slot);
    table.endRead(slot);
    readNext();
  }

  /**
   * An {@link ObjectEffect.Restore} has failed.
   *
   * @return whether it is tried again, if the object is not freed
   */
  boolean failed(SpillSlot slot, long nowNanos) {
    Read read = started.get(slot);
    ended(slot);
    if (read == null || read.failures + 1 >= READS_MAX || !table.contains(slot.key())) {
      return false;
    }
    long pauseNanos = PAUSE_NANOS << read.failures;
    paused.put(
        StoreKeys.from(slot.key()), new Read(read.range, read.failures + 1, nowNanos + pauseNanos));
    return true;
  }

  /**
   * What is on disk can't be read.
   *
   * @return whether that was a copy until now
   */
  boolean discard(SpillSlot slot) {
    return table.drop(slot.key());
  }

  private void readNext() {
    while (reading < readersMax && !queued.isEmpty()) {
      Map.Entry<ObjectKey, Read> next = queued.entrySet().iterator().next();
      queued.remove(next.getKey());
      reading++;
      SpillSlot slot = table.beginRead(StoreKeys.of(next.getKey()));
      started.put(slot, next.getValue());
      effects.accept(new ObjectEffect.Restore(slot, next.getValue().range));
    }
  }

  /**
   * @param range the object's memory
   */
  private record Read(HeapRange range, int failures, long notBeforeNanos) {}
}
