package io.mobula.store.chunk;

import io.mobula.store.HeapRange;

/**
 * A chunk as its owner tells the client of it.
 *
 * @param range its memory
 * @param generation tells it from other chunks with the same log; from 1
 */
public record ChunkLease(HeapRange range, int generation) {}
