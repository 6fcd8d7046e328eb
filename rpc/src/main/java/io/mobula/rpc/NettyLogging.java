package io.mobula.rpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Netty's log. It goes where gRPC's goes, to the JDK's logging, without one warning: gRPC asks for
 * SO_KEEPALIVE on every socket, which Unix sockets do not have, and Netty would say so with each.
 */
final class NettyLogging {
  /** Held here, for the JDK holds loggers weakly and forgets their levels with them. */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger(Bootstrap.class.getName()),
          Logger.getLogger(ServerBootstrap.class.getName()));

  private NettyLogging() {}

  /** Before any other class of Netty is used. Idempotent. */
  static void install() {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }
}
