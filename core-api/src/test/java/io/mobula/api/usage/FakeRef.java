package io.mobula.api.usage;

import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A ref that is equal by its id, and whose value is known. */
record FakeRef<T extends @Nullable Object>(String id, CompletableFuture<T> toFuture)
    implements ObjectRef<T> {
  static <T extends @Nullable Object> FakeRef<T> of(String id, T value) {
    return new FakeRef<>(id, CompletableFuture.completedFuture(value));
  }

  static <T extends @Nullable Object> FakeRef<T> pending(String id) {
    return new FakeRef<>(id, new CompletableFuture<>());
  }

  @Override
  public T get() {
    return toFuture.join();
  }

  @Override
  public T get(Duration timeout) {
    return toFuture.join();
  }

  @Override
  public void free() {
    toFuture.obtrudeException(
        new ObjectLostException(ObjectLostException.Reason.FREED, "freed: object=" + id, null));
  }

  @Override
  public boolean isReady() {
    return toFuture.isDone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FakeRef<?> ref && ref.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
