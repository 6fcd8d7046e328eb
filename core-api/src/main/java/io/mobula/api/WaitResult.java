package io.mobula.api;

import io.mobula.api.spi.DistinctRefs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Mobula#wait(List, int) wait} found. Both lists keep the order of the refs that were
 * waited for.
 *
 * @param ready refs whose value, or failure, exists: at most as many as were asked for
 * @param pending all the others
 * @param <T> the type of the values
 */
public record WaitResult<T extends @Nullable Object>(
    List<ObjectRef<T>> ready, List<ObjectRef<T>> pending) {
  /** Copies the lists, unless they can't change. */
  public WaitResult {
    ready = List.copyOf(ready);
    pending = pending instanceof DistinctRefs ? pending : List.copyOf(pending);
  }
}
