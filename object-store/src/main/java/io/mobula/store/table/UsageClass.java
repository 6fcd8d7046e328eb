package io.mobula.store.table;

/** Why an object's memory cannot be taken, or that it can; each object is in one class. */
enum UsageClass {
  /** Its writer is not done. */
  UNSEALED,
  /** It is deleted and waits for its holders. */
  DELETING,
  /** It is a primary copy, held or not. */
  PINNED,
  /** It is no primary copy, and held. */
  HELD,
  /** Nothing keeps it. */
  EVICTABLE;

  static UsageClass of(StoreEntry entry) {
    return switch (entry.state) {
      case CREATED, CANCELLED -> UNSEALED;
      case DELETING -> DELETING;
      case SEALED -> entry.isPinned ? PINNED : entry.holdCount > 0 ? HELD : EVICTABLE;
      case ABSENT -> throw new IllegalStateException("Object is gone: key=" + entry.key);
    };
  }
}
