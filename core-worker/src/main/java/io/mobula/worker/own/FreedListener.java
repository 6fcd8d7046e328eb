package io.mobula.worker.own;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.object.ObjectEntry;
import java.util.List;

/** Learns that nothing refers to an object of this process any more. Loop only. */
@FunctionalInterface
public interface FreedListener {
  /**
   * The owned object is freed.
   *
   * @return what is no longer needed for its sake: a retain of each is the caller's to take away
   */
  List<ObjectEntry> onFreed(ObjectKey key);
}
