/**
 * Links: ordered, bounded streams of {@link io.mobula.proto.Packet}s between two processes.
 *
 * <p>One interface, {@link io.mobula.agent.link.Link}, over Unix sockets (here) and gRPC streams
 * (in {@code io.mobula.rpc}); both pass the same contract suite. All callbacks run on the loop that
 * opened the link. Start reading at {@link io.mobula.agent.link.Link}.
 */
@NullMarked
package io.mobula.agent.link;

import org.jspecify.annotations.NullMarked;
