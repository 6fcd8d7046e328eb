package io.mobula.store.spill;

import java.util.List;

/** What became of writing a file. */
public sealed interface SpillWrite {

  /**
   * It is there.
   *
   * @param file the file
   * @param slots the objects, in the order in which they were given
   */
  record Written(SpillFile file, List<SpillSlot> slots) implements SpillWrite {

    /** Copies the list. */
    public Written {
      slots = List.copyOf(slots);
    }
  }

  /**
   * The target is full, and nothing of the file is left. Trying again later may succeed.
   *
   * @param reason where there is no room, and how much was wanted
   */
  record NoRoom(String reason) implements SpillWrite {}

  /**
   * It failed otherwise, and nothing of the file is left.
   *
   * @param reason why
   */
  record Failed(String reason) implements SpillWrite {}
}
