/**
 * Tests of ownership and of the objects that this process has mapped, each machine stepped by hand.
 *
 * <p>Whole histories of several processes are in {@code io.mobula.worker.runtime}.
 */
@NullMarked
package io.mobula.worker.own;

import org.jspecify.annotations.NullMarked;
