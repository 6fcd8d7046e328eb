package io.mobula.store.spill;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;

/**
 * An object to be written out.
 *
 * @param key its key
 * @param range where it is in the store's file
 */
public record SpillItem(StoreKey key, HeapRange range) {}
