/**
 * Leases: which request gets this node's resources, which waits, which goes to another node.
 *
 * <p>All of it is a deterministic state machine that the raylet's loop runs: {@link
 * io.mobula.raylet.lease.LeaseTable} owns the requests, the leases and the node's free resources;
 * {@link io.mobula.raylet.lease.SchedulingPolicy} decides where a request belongs, a pure function
 * of the cluster view; {@link io.mobula.raylet.lease.LeaseEffects} carries out what was decided.
 * Start reading at {@link io.mobula.raylet.lease.LeaseTable}.
 */
@NullMarked
package io.mobula.raylet.lease;

import org.jspecify.annotations.NullMarked;
