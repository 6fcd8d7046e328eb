/**
 * What the store's owner decides: which objects exist, where, who uses them, and when they go.
 *
 * <p>Start at {@link io.mobula.store.table.StoreTable}, the only way in; {@link
 * io.mobula.store.table.ObjectTransitions} lists what may happen to an object. All of it belongs to
 * one thread, and does no I/O: the same calls in the same order give the same answers.
 */
@NullMarked
package io.mobula.store.table;

import org.jspecify.annotations.NullMarked;
