package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.List;

/**
 * An object as people want to see it.
 *
 * @param key its key
 * @param range where it is and its size
 * @param state its state
 * @param isPinned whether it is a primary copy
 * @param writerId the client that created it
 * @param holderIds the clients that hold it
 */
public record ObjectReport(
    StoreKey key,
    HeapRange range,
    ObjectState state,
    boolean isPinned,
    long writerId,
    List<Long> holderIds) {}
