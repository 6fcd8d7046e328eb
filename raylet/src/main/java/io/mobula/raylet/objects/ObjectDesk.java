package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;

/** What the object table's parts that bring copies here need of it. */
interface ObjectDesk {

  void effect(ObjectEffect effect);

  /** The raylet has written a copy; returns whether it is here from now on. */
  boolean seal(ObjectKey key, long nowNanos);

  /** The memory of a copy is free. */
  void freed(ObjectKey key, long nowNanos);

  /** The object is here: those who wait for it have it now. */
  void arrived(ObjectKey key, long nowNanos);

  /** Those who wait for the object wait in vain. */
  void lost(ObjectKey key, Failure failure);

  /** Those who wait for the object are to look for it anew. */
  void lookAgain(ObjectKey key, long nowNanos);

  /** A copy came that its owner is to be told of. */
  void copyAdded(ObjectKey key);

  /** What was a copy on disk can't be read any more: its owner is told. */
  void copyGone(ObjectKey key);
}
