/**
 * Holds in shared memory: how a process keeps an object that it reads without telling the owner,
 * and how the owner finds out whether anybody does.
 *
 * <p>Start at {@link io.mobula.store.hold.StoreReader}, which has the protocol and its proof.
 * {@link io.mobula.store.hold.HoldLayout} draws a client's table, {@link
 * io.mobula.store.hold.HoldTable} is its client's side, for any thread; {@link
 * io.mobula.store.hold.HoldTables} is the owner's, for its one thread, and {@link
 * io.mobula.store.hold.SharedIndex} what the owner's object table sees.
 */
@NullMarked
package io.mobula.store.hold;

import org.jspecify.annotations.NullMarked;
