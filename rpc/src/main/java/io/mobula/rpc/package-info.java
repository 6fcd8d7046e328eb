/**
 * Links over gRPC: one authenticated bidirectional stream carries the packets of one {@link
 * io.mobula.agent.link.Link}, with the same handshake, bounds and events as a Unix link.
 *
 * <p>Netty's one thread ({@link io.mobula.rpc.RpcThread}) only decodes and posts to the loop that
 * owns the link; everything else runs there. Start reading at {@link io.mobula.rpc.GrpcServer} and
 * {@link io.mobula.rpc.GrpcDialer}.
 */
@NullMarked
package io.mobula.rpc;

import org.jspecify.annotations.NullMarked;
