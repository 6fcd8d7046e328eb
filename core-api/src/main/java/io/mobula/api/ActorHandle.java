package io.mobula.api;

/**
 * A handle to an actor: an object with state of its own that lives in a process of its own,
 * somewhere in the cluster. Methods are called by {@code call}: {@code
 * counter.call(Counter::increment, 1)}; with options of their own by {@code method}: {@code
 * counter.method(Counter::increment).options(o -> o.name("inc")).remote(1)}.
 *
 * <p>Calls from one caller to one actor run in the order in which they were made. A handle can be
 * passed to tasks and to other actors. Two handles are equal if they have the same {@link #id}.
 * Thread-safe; implemented by the runtime.
 *
 * <p>A ref given for a parameter that is declared {@code Object} is resolved, as any other. With
 * two or more arguments the compiler may find such a {@code call} ambiguous; {@code
 * handle.method(C::m).remote(…)} never is.
 *
 * @param <T> the actor's class
 */
public non-sealed interface ActorHandle<T> extends ActorCalls<T> {
  /** Ends the actor at once and for good, as {@code kill(false)} does. */
  default void kill() {
    kill(false);
  }

  /**
   * Ends the actor's process at once: running methods are cut off, and queued and later calls fail
   * with {@link ActorDiedException}.
   *
   * @param allowRestart whether the actor may be restarted, if it has restarts left
   */
  void kill(boolean allowRestart);

  /**
   * The id of the actor, unique in the cluster.
   *
   * @return three numbers, as in {@code 1.2.7}, as they appear in messages, logs and listings: the
   *     node and the process that made it, and a number of that process
   */
  String id();
}
