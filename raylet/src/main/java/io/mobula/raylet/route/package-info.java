/**
 * Where packets go: to this raylet, to a process of this node, through another raylet, or to the
 * GCS.
 *
 * <p>All on the raylet's loop. {@link io.mobula.raylet.route.NodeRouter} looks at a packet's
 * addresses and never at its body; {@link io.mobula.raylet.route.PeerTable} keeps the links to
 * other raylets, a deterministic state machine. Start reading at {@link
 * io.mobula.raylet.route.NodeRouter}.
 */
@NullMarked
package io.mobula.raylet.route;

import org.jspecify.annotations.NullMarked;
