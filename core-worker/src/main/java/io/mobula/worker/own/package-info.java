/**
 * Ownership: who keeps an object alive across processes, and how its value reaches those who borrow
 * it.
 *
 * <p>State machines without thread or clock, after "Ownership: A Distributed Futures System" (NSDI
 * 2021). Owner thread: the core worker's loop. Start reading at {@link
 * io.mobula.worker.own.References}.
 */
@NullMarked
package io.mobula.worker.own;

import org.jspecify.annotations.NullMarked;
