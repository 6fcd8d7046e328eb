package io.mobula.rpc;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The Netty thread of one process, shared by its server and its dialled links. Close it last. Any
 * thread may close it, except itself.
 *
 * <p>It is an event loop without a group around it. A group that ends says so on Netty's global
 * executor, whose thread is no daemon and stays for a second: so long would every program that
 * returns from its main method still run.
 */
public final class RpcThread implements AutoCloseable {
  private static final long CLOSE_TIMEOUT_SECONDS = 2;

  private final EventLoopGroup group;

  private RpcThread(EventLoopGroup group) {
    this.group = group;
  }

  /**
   * A daemon thread, started with its first connection.
   *
   * @param name the beginning of the thread's name
   */
  public static RpcThread start(String name) {
    NettyLogging.install();
    return new RpcThread(
        new SingleThreadIoEventLoop(
            null, new DefaultThreadFactory(name, true), NioIoHandler.newFactory()));
  }

  EventLoopGroup group() {
    return group;
  }

  /** Ends the thread and waits for that. Idempotent. */
  @Override
  public void close() {
    boolean isEnded =
        group
            .shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .awaitUninterruptibly(2 * CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (!isEnded) {
      System.getLogger(RpcThread.class.getName())
          .log(System.Logger.Level.WARNING, "rpc thread did not end in time");
    }
  }
}
