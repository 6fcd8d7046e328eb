/**
 * What lies where in the store's file.
 *
 * <p>{@link io.mobula.store.layout.StoreLayout} draws the file's regions and computes them from a
 * capacity; {@link io.mobula.store.layout.StoreHeader} draws the header and reads and writes it.
 * Everything here is immutable and may be used by any thread.
 */
@NullMarked
package io.mobula.store.layout;

import org.jspecify.annotations.NullMarked;
