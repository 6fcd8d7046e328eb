/**
 * How a process other than the owner reads and writes the store, and how the owner itself does.
 *
 * <p>{@link io.mobula.store.client.StoreClient} is all there is to use. It may be called by any
 * thread; it sends no message: the owner says by other means where an object is.
 */
@NullMarked
package io.mobula.store.client;

import org.jspecify.annotations.NullMarked;
