package io.mobula.worker.object;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * Notices that the user's program can no longer reach an {@link ObjectRefHandle}: it then appears
 * in the table's queue, and the loop takes its retain away. At most one handle of an entry is alive
 * at a time, so one such reference an entry is enough; an older, cleared one needs nobody to hold
 * it, since the collector has put it on its way to the queue already.
 */
final class LocalReference extends WeakReference<ObjectRefHandle<?>> {
  private final ObjectEntry entry;

  LocalReference(
      ObjectRefHandle<?> handle, ObjectEntry entry, ReferenceQueue<ObjectRefHandle<?>> queue) {
    super(handle, queue);
    this.entry = entry;
  }

  ObjectEntry entry() {
    return entry;
  }
}
