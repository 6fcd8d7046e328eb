package io.mobula.worker.object;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a handle can do with its object; the runtime behind it. Any user thread. */
public interface ReferenceUse {
  /**
   * Waits for the value and decodes it.
   *
   * @param timeout null: as long as it takes
   */
  @Nullable Object get(ObjectEntry entry, @Nullable Duration timeout);

  /** Frees the value for everybody; returns once this process has let it go. */
  void free(ObjectEntry entry);

  /** A future of the decoded value. */
  CompletableFuture<@Nullable Object> future(ObjectEntry entry);
}
