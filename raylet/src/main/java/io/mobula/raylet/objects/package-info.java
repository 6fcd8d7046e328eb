/**
 * The node's objects: who made them, who holds them, who waits for them, and which must be pulled.
 *
 * <p>All decisions are made by {@code NodeObjectTable}, a state machine without thread, clock or
 * socket that the raylet's loop owns; {@link io.mobula.raylet.objects.ObjectService} is what the
 * raylet calls. The bytes themselves move in {@code io.mobula.raylet.transfer}, on threads of its
 * own. Start reading at ObjectService.
 */
@NullMarked
package io.mobula.raylet.objects;

import org.jspecify.annotations.NullMarked;
