package io.mobula.store.table;

import io.mobula.store.StoreKey;
import java.util.List;

/**
 * What the end of a client has changed.
 *
 * @param aborted the objects that it was writing; they are gone
 * @param releasedHoldCount how many holds it had
 * @param freed the deleted objects that only it still held; they are gone
 */
public record ClientGone(List<StoreKey> aborted, int releasedHoldCount, List<StoreKey> freed) {}
