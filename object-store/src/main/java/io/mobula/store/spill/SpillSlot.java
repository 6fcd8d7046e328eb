package io.mobula.store.spill;

import io.mobula.store.StoreKey;

/**
 * Where an object's bytes lie in a spill target.
 *
 * @param key the object
 * @param file the file
 * @param offset of its first byte in the file
 * @param sizeBytes its size
 * @param checksum CRC-32C of its bytes
 */
public record SpillSlot(StoreKey key, SpillFile file, long offset, long sizeBytes, int checksum) {}
