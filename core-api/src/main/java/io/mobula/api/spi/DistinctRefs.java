package io.mobula.api.spi;

import io.mobula.api.ObjectRef;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A list of refs in which none is null and none is there twice, such as those that a wait left
 * pending. Immutable. To wait for such a list again costs little for each ref: it need not be
 * checked again, and the runtime keeps with it what it knows of the refs already.
 *
 * @param <T> the type of the values
 */
public final class DistinctRefs<T extends @Nullable Object> extends AbstractList<ObjectRef<T>>
    implements RandomAccess {
  private final List<ObjectRef<T>> refs;
  private final @Nullable Object memory;

  /**
   * For runtimes.
   *
   * @param refs none is null and none is there twice; nobody changes the list any more
   * @param memory what the runtime wants to find when it is given this list
   */
  public DistinctRefs(List<ObjectRef<T>> refs, @Nullable Object memory) {
    this.refs = refs;
    this.memory = memory;
  }

  /**
   * What the runtime keeps with the list.
   *
   * @return what the list was made with
   */
  public @Nullable Object memory() {
    return memory;
  }

  @Override
  public ObjectRef<T> get(int index) {
    return refs.get(index);
  }

  @Override
  public int size() {
    return refs.size();
  }

  /** Copied as a block, unlike that of other lists. */
  @Override
  public List<ObjectRef<T>> subList(int from, int to) {
    return Collections.unmodifiableList(refs.subList(from, to));
  }
}
