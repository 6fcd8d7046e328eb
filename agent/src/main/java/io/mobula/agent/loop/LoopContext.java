package io.mobula.agent.loop;

import io.mobula.agent.link.LocalLinks;

/**
 * What a loop offers to the agent it runs. Owner thread: the loop's, except {@link #executor()}.
 */
public interface LoopContext {
  /** The loop's time, read once a turn. */
  long nowNanos();

  /** The clock that {@link #nowNanos()} comes from. */
  Clock clock();

  Timers timers();

  /** Unix-socket links, polled by this loop. */
  LocalLinks links();

  /** The thread that the agent's state belongs to, to {@linkplain LoopOwner#check() check} it. */
  LoopOwner owner();

  /** For adapters on other threads. */
  LoopExecutor executor();
}
