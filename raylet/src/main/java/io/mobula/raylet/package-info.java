/**
 * The node daemon: its configuration, its life from joining to the end, and its main.
 *
 * <p>{@link io.mobula.raylet.Raylet} is the daemon as an object, {@link
 * io.mobula.raylet.RayletMain} the process. One loop runs {@code RayletAgent}; sockets, processes
 * and files are at the edges. What the node does is in {@code node} and the packages that it wires.
 * Start reading at {@link io.mobula.raylet.Raylet}.
 */
@NullMarked
package io.mobula.raylet;

import org.jspecify.annotations.NullMarked;
