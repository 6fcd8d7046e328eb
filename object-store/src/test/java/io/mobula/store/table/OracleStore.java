package io.mobula.store.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a store should answer, written without any regard for speed. */
final class OracleStore {

  private static final class Entry {
    final HeapRange range;
    final long writerId;
    boolean isSealed;
    boolean isDeleted;
    boolean isPinned;
    final List<Long> holderIds = new ArrayList<>();
    int sharedHoldCount;

    Entry(HeapRange range, long writerId) {
      this.range = range;
      this.writerId = writerId;
    }
  }

  private final Map<StoreKey, Entry> entries = new HashMap<>();

  int objectCount() {
    return entries.size();
  }

  List<StoreKey> keys() {
    return List.copyOf(entries.keySet());
  }

  ObjectState state(StoreKey key) {
    @Nullable Entry entry = entries.get(key);
    if (entry == null) {
      return ObjectState.ABSENT;
    }
    if (entry.isSealed) {
      return entry.isDeleted ? ObjectState.DELETING : ObjectState.SEALED;
    }
    return entry.isDeleted ? ObjectState.CANCELLED : ObjectState.CREATED;
  }

  void create(StoreKey key, HeapRange range, long writerId) {
    for (Entry other : entries.values()) {
      boolean isApart =
          range.endOffset() <= other.range.offset() || other.range.endOffset() <= range.offset();
      assertThat(isApart).as("%s overlaps %s", range, other.range).isTrue();
    }
    assertThat(entries.put(key, new Entry(range, writerId))).isNull();
  }

  void evict(StoreKey key) {
    Entry entry = entries.remove(key);
    assertThat(entry).isNotNull();
    if (entry != null) {
      assertThat(entry.isSealed && !entry.isDeleted && !entry.isPinned).isTrue();
      assertThat(entry.holderIds).isEmpty();
      assertThat(entry.sharedHoldCount).isZero();
    }
  }

  SealResult seal(StoreKey key, long clientId, boolean isPinned) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return SealResult.NOT_FOUND;
    }
    if (entry.isSealed) {
      return SealResult.ALREADY_SEALED;
    }
    if (entry.writerId != clientId) {
      return SealResult.NOT_WRITER;
    }
    if (entry.isDeleted) {
      entries.remove(key);
      return SealResult.CANCELLED;
    }
    entry.isSealed = true;
    entry.isPinned = isPinned;
    return SealResult.SEALED;
  }

  AbortResult abort(StoreKey key, long clientId) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return AbortResult.NOT_FOUND;
    }
    if (entry.isSealed) {
      return AbortResult.ALREADY_SEALED;
    }
    if (entry.writerId != clientId) {
      return AbortResult.NOT_WRITER;
    }
    entries.remove(key);
    return AbortResult.ABORTED;
  }

  HoldResult hold(StoreKey key, long clientId) {
    Entry entry = entries.get(key);
    if (entry == null || entry.isDeleted) {
      return new HoldResult.NotFound();
    }
    if (!entry.isSealed) {
      return new HoldResult.NotSealed();
    }
    entry.holderIds.add(clientId);
    return new HoldResult.Ready(entry.range);
  }

  /** Whether a reader of shared memory gets a hold. */
  boolean holdShared(StoreKey key) {
    Entry entry = entries.get(key);
    boolean isHeld = entry != null && entry.isSealed && !entry.isDeleted;
    if (isHeld && entry != null) {
      entry.sharedHoldCount++;
    }
    return isHeld;
  }

  /** Returns whether the owner must hear of it because the object is deleted. */
  boolean releaseShared(StoreKey key) {
    Entry entry = entries.get(key);
    assertThat(entry).isNotNull();
    if (entry == null) {
      return false;
    }
    entry.sharedHoldCount--;
    assertThat(entry.sharedHoldCount).isNotNegative();
    return entry.isDeleted;
  }

  HeapRange range(StoreKey key) {
    Entry entry = entries.get(key);
    assertThat(entry).isNotNull();
    return entry == null ? new HeapRange(0, 0) : entry.range;
  }

  /** Whether a reader of shared memory holds each object that could be evicted otherwise. */
  boolean isEveryEvictableHeld() {
    return entries.values().stream()
        .filter(entry -> entry.isSealed && !entry.isDeleted && !entry.isPinned)
        .filter(entry -> entry.holderIds.isEmpty())
        .allMatch(entry -> entry.sharedHoldCount > 0);
  }

  /** Returns the keys that nobody holds any more. */
  List<StoreKey> noticed() {
    return keys().stream()
        .filter(key -> {
          Entry entry = entries.get(key);
          return entry != null && removeIfDead(key, entry);
        })
        .toList();
  }

  ReleaseResult release(StoreKey key, long clientId) {
    Entry entry = entries.get(key);
    if (entry == null || !entry.holderIds.remove(clientId)) {
      return ReleaseResult.NOT_HELD;
    }
    return removeIfDead(key, entry) ? ReleaseResult.FREED : ReleaseResult.RELEASED;
  }

  DeleteResult delete(StoreKey key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return DeleteResult.NOT_FOUND;
    }
    entry.isDeleted = true;
    return removeIfDead(key, entry) ? DeleteResult.FREED : DeleteResult.DEFERRED;
  }

  void setPinned(StoreKey key, boolean isPinned) {
    Entry entry = entries.get(key);
    if (entry != null && entry.isSealed && !entry.isDeleted) {
      entry.isPinned = isPinned;
    }
  }

  /** Returns the keys of all objects that go with the client. */
  List<StoreKey> clientGone(long clientId) {
    List<StoreKey> gone = new ArrayList<>();
    for (StoreKey key : keys()) {
      Entry entry = entries.get(key);
      if (entry == null) {
        continue;
      }
      boolean isWriting = !entry.isSealed && entry.writerId == clientId;
      boolean wasHolding = entry.holderIds.removeIf(holderId -> holderId == clientId);
      if (isWriting) {
        entries.remove(key);
        gone.add(key);
      } else if (wasHolding && removeIfDead(key, entry)) {
        gone.add(key);
      }
    }
    return gone;
  }

  private boolean removeIfDead(StoreKey key, Entry entry) {
    boolean isDead =
        entry.isDeleted
            && entry.isSealed
            && entry.holderIds.isEmpty()
            && entry.sharedHoldCount == 0;
    if (isDead) {
      entries.remove(key);
    }
    return isDead;
  }
}
