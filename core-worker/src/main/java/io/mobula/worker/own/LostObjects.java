package io.mobula.worker.own;

import io.mobula.proto.StoredObject;
import io.mobula.worker.object.ObjectEntry;

/** Has stored objects made again whose copies are lost. Owner thread: the core worker's loop. */
@FunctionalInterface
public interface LostObjects {
  /**
   * Finds out, or has its owner find out, what becomes of a stored object that could not be had.
   *
   * @param entry ready, retained by the caller until the action has run
   * @param lost the object as it was known to whoever could not get it
   * @param whenSettled runs once, perhaps before this method returns: the entry's outcome is new
   *     then, a value, other locations or a failure
   */
  void recover(ObjectEntry entry, StoredObject lost, Runnable whenSettled);
}
