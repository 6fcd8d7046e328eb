package io.mobula.store.spill;

import static java.util.Objects.requireNonNull;

import io.mobula.store.StoreKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which objects are in which spill files.
 *
 * <p>Belongs to one thread. It decides and counts; bytes are moved by a {@link SpillTarget}, on
 * other threads, between a {@code begin…} or {@code next…} here and the call that says what came of
 * it.
 *
 * <p>How it works:
 *
 * <pre>
 *             written           nothing live, nobody reads
 *   WRITING ───────────► WHOLE ────────────────────────────► DELETING ──deleted──► (gone)
 *      │ failed            │ ▲                                   ▲
 *      ▼     mostly dead   ▼ │ failed            written         │
 *    (gone)             COMPACTING ──────────────────────────────┘
 * </pre>
 *
 * <p>An object is dropped when it is freed; what it took in its file is dead from then on. A file
 * with nothing live is deleted; of one of which less than a third is live, that third is written to
 * a new file, one file at a time. While it is, those bytes are there twice, and may exceed the
 * limit. A file that somebody reads is not deleted before the last reader is done.
 */
public final class SpillTable {

  private static final int COMPACT_BELOW = 3;

  private enum FileState {
    WRITING,
    WHOLE,
    COMPACTING,
    DELETING
  }

  private final long limitBytes;
  private final Map<StoreKey, SpillSlot> slots = new LinkedHashMap<>();
  private final Map<StoreKey, Long> writing = new HashMap<>();
  private final Map<Long, FileEntry> files = new LinkedHashMap<>();
  private final Deque<FileEntry> deletable = new ArrayDeque<>();
  private final Set<Long> sparse = new HashSet<>();
  private @Nullable FileEntry compacting;
  private long lastNumber;
  private long fileBytes;
  private long liveBytes;

  /**
   * A table without files.
   *
   * @param limitBytes what the files may take
   */
  public SpillTable(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** How large a new file may be. */
  public long roomBytes() {
    return Math.max(0, limitBytes - fileBytes);
  }

  /** What an object of this size takes in a file. */
  public static long recordBytes(long sizeBytes) {
    return SpillRecord.bytes(sizeBytes);
  }

  /**
   * Begins to write objects, none of which is in a file or being written; answered by {@link
   * #written}.
   */
  public SpillBatch beginWrite(List<SpillItem> items) {
    SpillBatch batch = new SpillBatch(++lastNumber, items);
    for (SpillItem item : items) {
      if (slots.containsKey(item.key())
          || writing.putIfAbsent(item.key(), batch.fileNumber()) != null) {
        throw new IllegalStateException("Object is spilled already: key=" + item.key());
      }
    }
    addFile(batch.fileNumber(), batch.fileBytes());
    return batch;
  }

  /**
   * A batch is written, or not.
   *
   * @return the objects that can be read back now: those that were not dropped meanwhile
   */
  public List<StoreKey> written(SpillBatch batch, SpillWrite result) {
    FileEntry entry = entry(batch.fileNumber(), FileState.WRITING);
    List<StoreKey> kept = new ArrayList<>();
    for (SpillItem item : batch.items()) {
      if (writing.remove(item.key(), batch.fileNumber())) {
        kept.add(item.key());
      }
    }
    if (!(result instanceof SpillWrite.Written whole)) {
      removeFile(entry);
      return List.of();
    }
    entry.become(whole.file());
    Set<StoreKey> wanted = new HashSet<>(kept);
    whole.slots().stream().filter(slot -> wanted.contains(slot.key())).forEach(this::enter);
    review(entry);
    return kept;
  }

  /** Whether the object can be read back. */
  public boolean contains(StoreKey key) {
    return slots.containsKey(key);
  }

  /** Whether the object is being written. */
  public boolean isWriting(StoreKey key) {
    return writing.containsKey(key);
  }

  /** The size of an object that can be read back. */
  public long sizeBytes(StoreKey key) {
    return slot(key).sizeBytes();
  }

  /** Where all objects are that can be read back; a view, to be used at once. */
  public Collection<SpillSlot> slots() {
    return Collections.unmodifiableCollection(slots.values());
  }

  /** Nobody needs the object's copy here any more; returns whether there was one, or will be. */
  public boolean drop(StoreKey key) {
    boolean wasWriting = writing.remove(key) != null;
    SpillSlot slot = slots.remove(key);
    if (slot == null) {
      return wasWriting;
    }
    FileEntry entry = leave(slot);
    review(entry);
    return true;
  }

  /** Begins to read an object that is here; answered by {@link #endRead}. */
  public SpillSlot beginRead(StoreKey key) {
    SpillSlot slot = slot(key);
    entry(slot).readers++;
    return slot;
  }

  /** An object's reader is done. */
  public void endRead(SpillSlot slot) {
    FileEntry entry = entry(slot);
    entry.readers--;
    review(entry);
  }

  /** A file to compact, or null; answered by {@link #compacted}. */
  public @Nullable SpillCompaction nextCompaction() {
    if (compacting != null || sparse.isEmpty()) {
      return null;
    }
    FileEntry entry = requireNonNull(files.get(sparse.iterator().next()));
    sparse.remove(entry.number);
    entry.state = FileState.COMPACTING;
    compacting = entry;
    List<SpillSlot> live = entry.keys.stream().map(this::slot).toList();
    SpillCompaction compaction = new SpillCompaction(++lastNumber, live);
    addFile(compaction.fileNumber(), compaction.fileBytes());
    return compaction;
  }

  /**
   * A file is compacted, or not: then it stays as it is until another of its objects is dropped.
   */
  public void compacted(SpillCompaction compaction, SpillWrite result) {
    FileEntry old = requireNonNull(compacting);
    FileEntry fresh = entry(compaction.fileNumber(), FileState.WRITING);
    compacting = null;
    old.state = FileState.WHOLE;
    if (result instanceof SpillWrite.Written whole) {
      fresh.become(whole.file());
      for (SpillSlot slot : whole.slots()) {
        SpillSlot before = slots.get(slot.key());
        if (before != null && before.file().number() == old.number) {
          leave(before);
          enter(slot);
        }
      }
      review(fresh);
    } else {
      removeFile(fresh);
    }
    if (old.keys.isEmpty()) {
      review(old);
    }
  }

  /** A file to delete, or null; answered by {@link #deleted}. */
  public @Nullable SpillFile nextDeletion() {
    FileEntry entry = deletable.poll();
    return entry == null ? null : entry.file();
  }

  /** A file is gone. One that can't be deleted is never answered, and counts on. */
  public void deleted(SpillFile file) {
    removeFile(entry(file.number(), FileState.DELETING));
  }

  /** The figures. */
  public SpillUsage usage() {
    return new SpillUsage(files.size(), fileBytes, slots.size(), liveBytes);
  }

  /**
   * Checks every invariant, at a cost of everything.
   *
   * @throws IllegalStateException if one is broken
   */
  public void verify() {
    long sumFileBytes = 0;
    long sumLiveBytes = 0;
    int keys = 0;
    for (FileEntry entry : files.values()) {
      long liveOfFile = 0;
      for (StoreKey key : entry.keys) {
        SpillSlot slot = slot(key);
        require(slot.file().number() == entry.number, "Slot is in another file: " + slot);
        liveOfFile += slot.sizeBytes();
      }
      require(liveOfFile == entry.liveBytes, "Live bytes of a file are wrong: " + entry.number);
      require(
          entry.state != FileState.DELETING || (entry.keys.isEmpty() && entry.readers == 0),
          "File in use is deleted: " + entry.number);
      require(
          entry.state != FileState.WHOLE || !entry.keys.isEmpty() || entry.readers > 0,
          "File is not deleted: " + entry.number);
      sumFileBytes += entry.fileBytes;
      sumLiveBytes += liveOfFile;
      keys += entry.keys.size();
    }
    require(keys == slots.size(), "Slots are not those of the files: " + slots.size());
    require(sumFileBytes == fileBytes, "File bytes are wrong: " + fileBytes);
    require(sumLiveBytes == liveBytes, "Live bytes are wrong: " + liveBytes);
  }

  private void enter(SpillSlot slot) {
    slots.put(slot.key(), slot);
    FileEntry entry = entry(slot);
    entry.keys.add(slot.key());
    entry.liveBytes += slot.sizeBytes();
    liveBytes += slot.sizeBytes();
  }

  private FileEntry leave(SpillSlot slot) {
    FileEntry entry = entry(slot);
    entry.keys.remove(slot.key());
    entry.liveBytes -= slot.sizeBytes();
    liveBytes -= slot.sizeBytes();
    return entry;
  }

  /** Deletes or compacts a file if that has become worth while. */
  private void review(FileEntry entry) {
    if (entry.state != FileState.WHOLE) {
      return;
    }
    if (entry.keys.isEmpty()) {
      sparse.remove(entry.number);
      if (entry.readers == 0) {
        entry.state = FileState.DELETING;
        deletable.add(entry);
      }
    } else if (entry.neededBytes() < entry.fileBytes / COMPACT_BELOW) {
      sparse.add(entry.number);
    }
  }

  private void addFile(long number, long bytes) {
    files.put(number, new FileEntry(number, bytes));
    fileBytes += bytes;
  }

  private void removeFile(FileEntry entry) {
    files.remove(entry.number);
    fileBytes -= entry.fileBytes;
  }

  private SpillSlot slot(StoreKey key) {
    SpillSlot slot = slots.get(key);
    if (slot == null) {
      throw new IllegalStateException("Object is not spilled: key=" + key);
    }
    return slot;
  }

  private FileEntry entry(SpillSlot slot) {
    return requireNonNull(files.get(slot.file().number()));
  }

  private FileEntry entry(long number, FileState expected) {
    FileEntry entry = files.get(number);
    if (entry == null || entry.state != expected) {
      throw new IllegalStateException(
          "File is not " + expected + ": number=" + number + ", entry=" + entry);
    }
    return entry;
  }

  private static void require(boolean isTrue, String problem) {
    if (!isTrue) {
      throw new IllegalStateException(problem);
    }
  }

  /** What is known of one file. */
  private static final class FileEntry {
    final long number;
    final long fileBytes;
    final Set<StoreKey> keys = new HashSet<>();
    FileState state = FileState.WRITING;
    long liveBytes;
    int readers;
    private @Nullable SpillFile file;

    FileEntry(long number, long fileBytes) {
      this.number = number;
      this.fileBytes = fileBytes;
    }

    /** What a file of the live objects alone would take: what compacting leaves is not sparse. */
    long neededBytes() {
      return liveBytes + (long) keys.size() * SpillRecord.TRAILER_BYTES;
    }

    void become(SpillFile whole) {
      file = whole;
      state = FileState.WHOLE;
    }

    SpillFile file() {
      return requireNonNull(file);
    }

    @Override
    public String toString() {
      return state + " " + file;
    }
  }
}
