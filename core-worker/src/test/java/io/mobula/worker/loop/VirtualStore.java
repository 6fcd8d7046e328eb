package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a node holds in a history, in memory or on disk, without their bytes, and who
 * reads them.
 */
final class VirtualStore {
  /** A copy of an object, or the beginning of one. */
  static final class Copy {
    final long writer;

    /** Of the task that made it. */
    final int attempt;

    boolean isSealed;
    boolean isPrimary;
    boolean isFreed;

    /** Written to disk, so that the copy in memory may go. */
    boolean isSpilled;

    /** Whether it is in memory, too. */
    boolean isInMemory = true;

    final Set<Long> holders = new LinkedHashSet<>();

    Copy(long writer, int attempt) {
      this.writer = writer;
      this.attempt = attempt;
    }
  }

  private final Map<ObjectKey, Copy> copies = new LinkedHashMap<>();

  Map<ObjectKey, Copy> copies() {
    return copies;
  }

  /** A copy that can be read, perhaps from disk, or null. */
  @Nullable Copy readable(ObjectKey key) {
    Copy copy = copies.get(key);
    return copy != null && copy.isSealed && !copy.isFreed ? copy : null;
  }

  /**
   * Room for an object, at once: its writer waits for the answer before it writes. An older copy of
   * an object that is made again goes, and an older attempt does not write over a newer one's.
   */
  void create(ObjectKey key, long writer, int attempt) {
    Copy known = copies.get(key);
    if (known == null || known.attempt <= attempt) {
      copies.put(key, new Copy(writer, attempt));
    }
  }

  /** False if there is nothing to seal, or it was freed meanwhile. */
  boolean seal(ObjectKey key, boolean isPrimary) {
    Copy copy = copies.get(key);
    if (copy == null || copy.isSealed) {
      return false;
    }
    if (copy.isFreed) {
      copies.remove(key);
      return false;
    }
    copy.isSealed = true;
    copy.isPrimary = isPrimary;
    return true;
  }

  /** Whether it held it. */
  boolean release(ObjectKey key, long holder) {
    Copy copy = copies.get(key);
    if (copy == null || !copy.holders.remove(holder)) {
      return false;
    }
    if (copy.isFreed && copy.holders.isEmpty()) {
      copies.remove(key);
    }
    return true;
  }

  void free(ObjectKey key) {
    Copy copy = copies.get(key);
    if (copy != null) {
      copy.isFreed = true;
      if (copy.isSealed && copy.holders.isEmpty()) {
        copies.remove(key);
      }
    }
  }

  /** Complete copies that nobody reads. */
  List<ObjectKey> unheld() {
    List<ObjectKey> all = new ArrayList<>();
    copies.forEach((key, copy) -> {
      if (copy.isSealed && copy.holders.isEmpty()) {
        all.add(key);
      }
    });
    return all;
  }

  /** What a process has begun and not sealed. */
  List<ObjectKey> unsealed(long writer) {
    List<ObjectKey> all = new ArrayList<>();
    copies.forEach((key, copy) -> {
      if (!copy.isSealed && copy.writer == writer) {
        all.add(key);
      }
    });
    return all;
  }

  /** Copies that may go when room is needed. */
  List<ObjectKey> evictable() {
    List<ObjectKey> all = new ArrayList<>();
    copies.forEach((key, copy) -> {
      boolean isNeeded = copy.isPrimary && !copy.isSpilled;
      if (copy.isSealed && copy.isInMemory && !isNeeded && copy.holders.isEmpty()) {
        all.add(key);
      }
    });
    return all;
  }

  /** Copies that may be written to disk. */
  List<ObjectKey> spillable() {
    List<ObjectKey> all = new ArrayList<>();
    copies.forEach((key, copy) -> {
      if (copy.isSealed && copy.isPrimary && !copy.isSpilled && !copy.isFreed) {
        all.add(key);
      }
    });
    return all;
  }

  /** A process is dead, or a node: what it wrote, read and owned. */
  void processDied(long dead) {
    for (ObjectKey key : List.copyOf(copies.keySet())) {
      Copy copy = copies.get(key);
      if (copy == null) {
        continue;
      }
      if (!copy.isSealed && copy.writer == dead) {
        copies.remove(key);
        continue;
      }
      release(key, dead);
      if (ProcessAddress.diesWith(key.owner(), dead)) {
        free(key);
      }
    }
  }
}
