package io.mobula.worker.serialization;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The type descriptors that one class loader has resolved: bytes to codec, with no string made.
 *
 * <p>A concurrent structure: readers probe an immutable array without a lock; a writer copies it
 * and publishes the copy. A lost race loses one entry, which the next reader resolves again. It
 * holds as many entries as the job has classes, at most {@value #ENTRIES_MAX}; further ones are
 * resolved on each use.
 */
final class DescriptorTable {
  private static final int ENTRIES_MAX = 1 << 16;

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Entry(int hash, byte[] descriptor, TypeCodec.Described codec) {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Snapshot(@Nullable Entry[] slots, int size) {}

  private volatile Snapshot snapshot = new Snapshot(new Entry[64], 0);

  /** Finds the codec of the descriptor that is next on the wire, and consumes it if found. */
  TypeCodec.@Nullable Described find(int hash, int size, WireReader wire)
      throws CorruptStreamException {
    @Nullable Entry[] slots = snapshot.slots;
    int mask = slots.length - 1;
    int at = hash & mask;
    for (Entry entry = slots[at]; entry != null; entry = slots[at]) {
      if (entry.hash == hash && entry.descriptor.length == size && wire.consume(entry.descriptor)) {
        return entry.codec;
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  void add(int hash, TypeCodec.Described codec) {
    Snapshot old = snapshot;
    if (old.size >= ENTRIES_MAX) {
      return;
    }
    boolean isFull = 4 * (old.size + 1) > old.slots.length;
    @Nullable Entry[] slots = new Entry[isFull ? 2 * old.slots.length : old.slots.length];
    for (Entry entry : old.slots) {
      if (entry != null) {
        insert(slots, entry);
      }
    }
    insert(slots, new Entry(hash, codec.descriptor(), codec));
    snapshot = new Snapshot(slots, old.size + 1);
  }

  private static void insert(@Nullable Entry[] slots, Entry entry) {
    int mask = slots.length - 1;
    int at = entry.hash & mask;
    while (slots[at] != null) {
      at = (at + 1) & mask;
    }
    slots[at] = entry;
  }

  /** The hash that an encoder writes before a descriptor. */
  static int hash(byte[] descriptor) {
    int hash = Arrays.hashCode(descriptor);
    return hash ^ (hash >>> 15);
  }
}
