package io.mobula.worker.object;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.failure.LossFailures;
import java.lang.ref.ReferenceQueue;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects that this process knows, by id, and the handles that the user's program holds on
 * them. Thread-safe. Any thread adds; only the loop removes.
 */
public final class ObjectTable {
  private final ConcurrentHashMap<ObjectKey, ObjectEntry> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<ObjectRefHandle<?>> unreachable = new ReferenceQueue<>();

  /** Adds a new object of this process. */
  public void add(ObjectEntry entry) {
    if (entries.putIfAbsent(entry.key(), entry) != null) {
      throw new IllegalStateException("object id used twice: object=" + entry.key());
    }
  }

  public @Nullable ObjectEntry find(ObjectKey key) {
    return entries.get(key);
  }

  /**
   * The entry, retained once for the caller; made if there is none that lives: pending, or failed
   * if this process owned the object and let it go.
   *
   * @param self this process's address
   */
  public ObjectEntry retainOrCreate(ObjectKey key, long self) {
    while (true) {
      ObjectEntry entry = entries.get(key);
      if (entry == null) {
        ObjectEntry fresh =
            key.owner() == self
                ? ObjectEntry.ready(key, new Outcome.Failed(LossFailures.unreferenced(key)))
                : ObjectEntry.pending(key);
        if (entries.putIfAbsent(key, fresh) == null) {
          return fresh;
        }
      } else if (entry.tryRetain()) {
        return entry;
      } else {
        // Dead: the loop is about to remove it, or we do.
        entries.remove(key, entry);
      }
    }
  }

  /** Forgets a dead entry. Loop only. */
  public void remove(ObjectEntry entry) {
    entries.remove(entry.key(), entry);
  }

  /**
   * A handle for a new entry that no other thread knows; the entry's first retain becomes the
   * handle's.
   *
   * @param use what the handle's methods do
   */
  public <T extends @Nullable Object> ObjectRefHandle<T> newHandle(
      ObjectEntry entry, ReferenceUse use) {
    ObjectRefHandle<T> handle = new ObjectRefHandle<>(entry, use);
    entry.replaceLocalReference(null, new LocalReference(handle, entry, unreachable));
    return handle;
  }

  /**
   * The entry's live handle, or a new one. Any thread. The caller gives one retain away: a new
   * handle keeps it; if a handle lives already, which has its own, {@code surplus} gets the entry
   * to have the loop release it.
   */
  public ObjectRefHandle<?> handleFor(
      ObjectEntry entry, ReferenceUse use, Consumer<ObjectEntry> surplus) {
    while (true) {
      LocalReference known = entry.localReference();
      ObjectRefHandle<?> live = known == null ? null : known.get();
      if (live != null) {
        surplus.accept(entry);
        return live;
      }
      ObjectRefHandle<?> fresh = new ObjectRefHandle<>(entry, use);
      if (entry.replaceLocalReference(known, new LocalReference(fresh, entry, unreachable))) {
        return fresh;
      }
    }
  }

  /**
   * The entry of a handle that the program can no longer reach, or null if there is none now. Loop
   * only.
   */
  public @Nullable ObjectEntry pollUnreachable() {
    return unreachable.poll() instanceof LocalReference reference ? reference.entry() : null;
  }

  /** For inspection and for sweeps after a death. Weakly consistent. */
  public Collection<ObjectEntry> entries() {
    return entries.values();
  }
}
