package io.mobula.worker.user;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import io.mobula.api.SessionClosedException;
import io.mobula.worker.actor.ActorReference;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectRefHandle;
import io.mobula.worker.object.ReferenceUse;

/**
 * What is behind the refs and handles that the program gives. Ids repeat from session to session,
 * and a program may keep a ref or handle for longer than its session: one that is not of this
 * session is refused, whichever way it comes. Immutable.
 */
final class OwnHandles {
  private final ReferenceUse refs;
  private final ActorReference.ActorUse actors;

  /**
   * @param refs what all refs of this session refer to
   * @param actors what all its handles refer to
   */
  OwnHandles(ReferenceUse refs, ActorReference.ActorUse actors) {
    this.refs = refs;
    this.actors = actors;
  }

  /**
   * The object that a ref refers to. Whoever uses it must keep the ref reachable meanwhile, or
   * retain the entry.
   *
   * @throws SessionClosedException if the ref is of another session
   */
  ObjectEntry entry(ObjectRef<?> ref) {
    if (!(ref instanceof ObjectRefHandle<?> handle)) {
      throw new IllegalArgumentException(
          "not a ref of Mobula's: class="
              + ref.getClass().getName()
              + ": pass what remote() or put() returned");
    }
    if (!handle.isOf(refs)) {
      throw stale("ref", handle.toString(), handle.use());
    }
    return handle.entry();
  }

  /**
   * The actor that a handle names.
   *
   * @throws SessionClosedException if the handle is of another session
   */
  ActorReference<?> actor(ActorHandle<?> handle) {
    if (!(handle instanceof ActorReference<?> reference)) {
      throw new IllegalArgumentException(
          "not a handle of Mobula's: class="
              + handle.getClass().getName()
              + ": pass what remote() or getActor() returned");
    }
    if (!reference.isOf(actors)) {
      throw stale("handle", reference.toString(), reference.use());
    }
    return reference;
  }

  private static SessionClosedException stale(String kind, String text, Object session) {
    if (session instanceof ClusterRuntime runtime && runtime.isOpen()) {
      return new SessionClosedException(
          "the "
              + kind
              + " was made by another worker of this process, or by its driver: "
              + kind
              + "="
              + text
              + ": in a cluster of several processes a static field would not have brought it here;"
              + " pass it as an argument, or inside one");
    }
    return new SessionClosedException(
        "the "
            + kind
            + " is of another session: "
            + kind
            + "="
            + text
            + ": a "
            + kind
            + " is of use only in the session that made it; make a new one");
  }
}
