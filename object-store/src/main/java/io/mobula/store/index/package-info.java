/**
 * The index in shared memory: which sealed objects the store has, and where they are.
 *
 * <p>{@link io.mobula.store.index.IndexLayout} draws a slot; {@link
 * io.mobula.store.index.IndexWriter} belongs to the store's owner and its one thread, {@link
 * io.mobula.store.index.IndexReader} to any thread of any process. What a reader finds it may use
 * only under a hold: see {@link io.mobula.store.hold}.
 */
@NullMarked
package io.mobula.store.index;

import org.jspecify.annotations.NullMarked;
