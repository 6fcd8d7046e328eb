package io.mobula.worker.actor;

import io.mobula.agent.id.ObjectKey;
import io.mobula.api.ActorHandle;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ActorHandle} that user code holds. Immutable; any number may name one actor. Equal to
 * any other handle of its session on the same actor.
 */
public final class ActorReference<T> implements ActorHandle<T> {
  private final ObjectKey key;
  private final String description;
  private final int maxTaskRetries;
  private final ActorUse use;

  /** What a handle can do; the runtime behind it. Any user thread. */
  public interface ActorUse {
    void kill(ObjectKey actor, boolean allowRestart);
  }

  /**
   * @param description for messages: the class, and the name if it has one
   * @param maxTaskRetries how often a call that was at the actor when it died is sent again; -1:
   *     without end
   */
  public ActorReference(ObjectKey key, String description, int maxTaskRetries, ActorUse use) {
    this.key = key;
    this.description = description;
    this.maxTaskRetries = maxTaskRetries;
    this.use = use;
  }

  public ObjectKey key() {
    return key;
  }

  public String description() {
    return description;
  }

  public int maxTaskRetries() {
    return maxTaskRetries;
  }

  /** What its session does with handles. */
  public ActorUse use() {
    return use;
  }

  /** Whether it is of the session whose handles have this use. */
  public boolean isOf(ActorUse session) {
    return use == session;
  }

  @Override
  public void kill(boolean allowRestart) {
    use.kill(key, allowRestart);
  }

  @Override
  public String id() {
    return key.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ActorReference<?> reference
        && reference.isOf(use)
        && reference.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return "ActorHandle(" + description + ", " + key + ")";
  }
}
