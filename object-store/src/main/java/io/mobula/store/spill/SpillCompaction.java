package io.mobula.store.spill;

import java.util.List;

/**
 * What is still needed of a file, to be written to a new one.
 *
 * @param fileNumber the new file's number
 * @param slots the objects in the old file
 */
public record SpillCompaction(long fileNumber, List<SpillSlot> slots) {

  /** Copies the list. */
  public SpillCompaction {
    slots = List.copyOf(slots);
  }

  /** How large the new file will be. */
  public long fileBytes() {
    return slots.stream().mapToLong(slot -> SpillRecord.bytes(slot.sizeBytes())).sum();
  }
}
