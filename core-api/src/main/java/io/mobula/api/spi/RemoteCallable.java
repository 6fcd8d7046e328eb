package io.mobula.api.spi;

import io.mobula.api.function.RemoteFunction;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function and the options that were set on it: what every task, actor class and prepared method
 * holds, and hands to the runtime at each call. It has one slot in which the runtime keeps what it
 * found out about the function, so that reflection happens once and not at each call.
 *
 * <p>The slot is a plain field that any thread may read and write. That race is benign if the
 * runtime stores only immutable objects all of whose fields are final (such as records): a reader
 * sees null, and finds out again, or one complete object. A callable often sits in a static field
 * and outlives a session, so what is stored must hold for every session, or name the one that it
 * holds for.
 *
 * @param <O> the options: {@link TaskOverrides}, {@link ActorOverrides} or {@link
 *     io.mobula.api.CallOptions}
 */
public final class RemoteCallable<O extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The code. */
  private final RemoteFunction function;

  /** What was set. */
  private final O options;

  private transient @Nullable Object resolved;

  /**
   * Makes a callable with an empty slot.
   *
   * @param function the code
   * @param options what was set on it
   */
  public RemoteCallable(RemoteFunction function, O options) {
    this.function = Objects.requireNonNull(function, "function must not be null");
    this.options = Objects.requireNonNull(options, "options must not be null");
  }

  /**
   * The code.
   *
   * @return the function
   */
  public RemoteFunction function() {
    return function;
  }

  /**
   * What was set on it.
   *
   * @return the options
   */
  public O options() {
    return options;
  }

  /**
   * What the runtime stored.
   *
   * @return the object; null if none was, or if another thread stored it just now
   */
  public @Nullable Object resolved() {
    return resolved;
  }

  /**
   * Stores what the runtime found out.
   *
   * @param resolved an immutable object with final fields only
   */
  public void setResolved(Object resolved) {
    this.resolved = resolved;
  }
}
