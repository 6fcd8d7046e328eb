package io.mobula.agent.loop;

/**
 * The owner of one loop's state. Every method runs on the loop's thread.
 *
 * @param <M> the sealed interface of this agent's messages
 */
public interface Agent<M> {
  /** For thread names and logs, such as {@code raylet-3}. */
  String role();

  /** Called once, before everything else. */
  void onStart(LoopContext context);

  /** A message from the mailbox. */
  void onMessage(M message);

  /** Called after each batch of messages, timers and socket events: send what was gathered. */
  default void onTurnEnd() {}

  /** Called once, last. Links that are still open are closed by the loop afterwards. */
  default void onClose() {}

  /**
   * A message that was taken, but will not be handled, since the loop has ended: whoever waits for
   * what it asks is to be told. Called after {@link #onClose()}, or after {@link #onFailed}.
   */
  default void onUnhandled(M message) {}

  /**
   * The agent has thrown, so that its loop has ended: nothing else but {@link #onUnhandled}
   * follows. Its state may be broken; whoever waits for it is to be told.
   */
  default void onFailed(Throwable thrown) {}
}
