/**
 * Where in the heap an object goes.
 *
 * <p>Start at {@link io.mobula.store.heap.StoreHeap}: it answers each request with a block, with
 * memory that must be populated first, or with a refusal. {@code HeapAllocator} cuts blocks out of
 * the populated memory and joins them again; {@code HeapFrontier} decides how much to populate
 * next. All of it belongs to the thread that owns the store, and the same calls in the same order
 * give the same blocks.
 */
@NullMarked
package io.mobula.store.heap;

import org.jspecify.annotations.NullMarked;
