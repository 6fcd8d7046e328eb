package io.mobula.worker.serialization;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Encoders or decoders at rest, for any number of threads, virtual ones too.
 *
 * <p>A concurrent structure without locks: a slot is emptied by {@code getAndSet(null)}, so that
 * one thread at most gets what was in it, and filled by compare-and-set from null. With all slots
 * empty a new context is made; with all full one is dropped. A thread that calls the codec from
 * inside a hook just takes another. Contents are handed over by the atomics' happens-before.
 */
final class ContextPool<C> {
  private static final int SLOTS = 32;

  private final AtomicReferenceArray<@Nullable C> slots = new AtomicReferenceArray<>(SLOTS);
  private final Supplier<C> factory;

  ContextPool(Supplier<C> factory) {
    this.factory = factory;
  }

  /** A context for the caller alone. */
  C take() {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      int at = (start + i) % SLOTS;
      if (slots.getPlain(at) != null) {
        C context = slots.getAndSet(at, null);
        if (context != null) {
          return context;
        }
      }
    }
    return factory.get();
  }

  /** Gives a context back, released. */
  void give(C context) {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      int at = (start + i) % SLOTS;
      if (slots.getPlain(at) == null && slots.compareAndSet(at, null, context)) {
        return;
      }
    }
  }

  /** Threads start at different slots, so that they seldom meet. */
  private static int start() {
    return (int) Thread.currentThread().threadId() & (SLOTS - 1);
  }
}
