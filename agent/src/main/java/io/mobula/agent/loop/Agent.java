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
}
