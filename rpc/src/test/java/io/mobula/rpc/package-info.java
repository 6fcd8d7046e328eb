/**
 * gRPC links under test: the contract of {@link io.mobula.agent.link.LinkContract} and what is
 * gRPC's own.
 */
@NullMarked
package io.mobula.rpc;

import org.jspecify.annotations.NullMarked;
