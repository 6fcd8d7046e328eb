package io.mobula.store.spill;

import java.util.List;

/**
 * Objects to be written to one file.
 *
 * @param fileNumber the file's number
 * @param items the objects, in the order of the file
 */
public record SpillBatch(long fileNumber, List<SpillItem> items) {

  /** Copies the list. */
  public SpillBatch {
    items = List.copyOf(items);
  }

  /** How large the file will be. */
  public long fileBytes() {
    return items.stream().mapToLong(item -> SpillRecord.bytes(item.range().sizeBytes())).sum();
  }
}
