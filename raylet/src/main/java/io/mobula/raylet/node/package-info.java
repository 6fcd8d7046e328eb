/**
 * A node that has joined its cluster: adapters between packets, processes and links on one side and
 * the state machines of {@code lease}, {@code worker}, {@code classpath} and {@code route} on the
 * other.
 *
 * <p>All on the raylet's loop. State machines never call each other: what one decides for another
 * is a {@link io.mobula.raylet.node.NodeEvent}, handled before the turn ends. Start reading at
 * {@link io.mobula.raylet.node.Node}.
 */
@NullMarked
package io.mobula.raylet.node;

import org.jspecify.annotations.NullMarked;
