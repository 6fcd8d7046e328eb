package io.mobula.store.chunk;

import io.mobula.store.HeapRange;

/**
 * Room in a chunk for one object, of the thread that reserved it until it seals or aborts.
 *
 * @param record its place in the log
 * @param range where the object goes
 * @param word the record's word
 * @param entry of the hold table, taken for as long
 */
public record ChunkSlot(int record, HeapRange range, long word, int entry) {}
