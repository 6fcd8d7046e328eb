/**
 * Arrow data in the object store. Start at {@link io.mobula.arrow.ArrowBatch}: it makes a record
 * batch a value that can be put, returned and passed, and a received value a record batch whose
 * vectors are views of shared memory.
 *
 * <p>The package knows the public API alone: what travels is a {@code MemorySegment} with one
 * record batch in Arrow's stream format, written and parsed on the caller's thread.
 */
@NullMarked
package io.mobula.arrow;

import org.jspecify.annotations.NullMarked;
