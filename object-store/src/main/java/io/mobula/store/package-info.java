/**
 * The shared-memory object store of one node, as a JDK-only library.
 *
 * <p>This package holds the two words that all its parts share: {@link io.mobula.store.StoreKey}
 * names an object, {@link io.mobula.store.HeapRange} says where bytes lie in the store's file.
 * Start reading at {@link io.mobula.store.layout.StoreLayout} for the file, at {@link
 * io.mobula.store.table.StoreTable} for what the owner decides, and at {@link
 * io.mobula.store.client.StoreClient} for how a client reads and writes.
 *
 * <p>Nothing here starts a thread, reads a clock or opens a socket.
 */
@NullMarked
package io.mobula.store;

import org.jspecify.annotations.NullMarked;
