/**
 * Stress tests of the chunk logs, which a client's threads and the owner write at the same time;
 * run like those of {@link io.mobula.store.hold}.
 */
@NullMarked
package io.mobula.store.chunk;

import org.jspecify.annotations.NullMarked;
