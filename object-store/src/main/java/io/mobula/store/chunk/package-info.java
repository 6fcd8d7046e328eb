/**
 * Chunks: memory of the store that its owner leases to a client, which puts objects there without
 * asking.
 *
 * <p>{@link io.mobula.store.chunk.ChunkLayout} draws the log in shared memory by which both know
 * what a chunk has; {@link io.mobula.store.chunk.ChunkWriter} is the client's side, {@link
 * io.mobula.store.chunk.ChunkLog} the owner's. What the owner makes of it is in {@code
 * io.mobula.store.table}.
 */
@NullMarked
package io.mobula.store.chunk;

import org.jspecify.annotations.NullMarked;
