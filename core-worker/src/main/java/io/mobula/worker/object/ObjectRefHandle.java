package io.mobula.worker.object;

import io.mobula.api.ObjectRef;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ObjectRef} that user code holds. Immutable; as long as it is reachable its entry is
 * retained. Equal to any other handle of its session on the same object.
 */
public final class ObjectRefHandle<T extends @Nullable Object> implements ObjectRef<T> {
  private final ObjectEntry entry;
  private final ReferenceUse use;

  ObjectRefHandle(ObjectEntry entry, ReferenceUse use) {
    this.entry = entry;
    this.use = use;
  }

  /** The object. Whoever uses it must keep this handle reachable meanwhile, or retain the entry. */
  public ObjectEntry entry() {
    return entry;
  }

  /** What its session does with refs. */
  public ReferenceUse use() {
    return use;
  }

  /** Whether it is of the session whose refs have this use. */
  public boolean isOf(ReferenceUse session) {
    return use == session;
  }

  @Override
  // The reference's type is the caller's promise, as in any future; null only if T admits it.
  @SuppressWarnings({"unchecked", "NullAway"})
  public T get() {
    try {
      return (T) use.get(entry, null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // As above.
  public T get(Duration timeout) {
    try {
      return (T) use.get(entry, timeout);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean isReady() {
    return entry.isReady();
  }

  @Override
  @SuppressWarnings("unchecked") // As above.
  public CompletableFuture<T> toFuture() {
    try {
      return (CompletableFuture<T>) (CompletableFuture<?>) use.future(entry);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void free() {
    try {
      use.free(entry);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String id() {
    return entry.key().toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ObjectRefHandle<?> handle
        && handle.isOf(use)
        && handle.entry.key().equals(entry.key());
  }

  @Override
  public int hashCode() {
    return entry.key().hashCode();
  }

  @Override
  public String toString() {
    return "ObjectRef(" + entry.key() + ")";
  }
}
