package io.mobula.rpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port whose peers have not proved yet that they know the secret: few, and
 * not for long. Owner thread: Netty's.
 *
 * <p>It stands before everything else in the port's pipeline and sees each connection that is
 * accepted; in front of each connection's pipeline a handler notes whose bytes are being read. gRPC
 * runs interceptors while it reads, on the same thread, so that a call that carries the secret is
 * one of the connection that is noted. One that has made such a call is a stranger no more. The
 * others are closed after a while whatever they have sent, and the oldest at once when there are
 * too many, so that those who only connect use up neither descriptors nor memory and keep nobody
 * out.
 */
final class Strangers extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger(Strangers.class.getName());

  /** So many peers may be about to prove the secret, as when all come back at once. */
  static final int COUNT_MAX = 256;

  static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final int countMax;
  private final long lifeNanos;
  private final Set<Channel> unproven = new LinkedHashSet<>();
  private @Nullable Channel reading;

  /**
   * @param lifeNanos after which a stranger is closed
   */
  Strangers(int countMax, long lifeNanos) {
    this.countMax = countMax;
    this.lifeNanos = lifeNanos;
  }

  /** The call that is being read carries the secret. */
  void proved() {
    if (reading != null) {
      unproven.remove(reading);
    }
  }

  /** A connection was accepted. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    if (accepted instanceof Channel connection) {
      admit(connection, context);
    }
    context.fireChannelRead(accepted);
  }

  private void admit(Channel connection, ChannelHandlerContext context) {
    while (unproven.size() >= countMax) {
      turnAway(unproven.iterator().next(), "there are too many");
    }
    unproven.add(connection);
    connection.pipeline().addFirst(new Reads());
    Future<?> deadline =
        context
            .executor()
            .schedule(
                () -> turnAway(connection, "it has proved nothing in time"),
                lifeNanos,
                TimeUnit.NANOSECONDS);
    connection
        .closeFuture()
        .addListener(closed -> {
          unproven.remove(connection);
          deadline.cancel(false);
        });
  }

  private void turnAway(Channel connection, String reason) {
    if (!unproven.remove(connection)) {
      return;
    }
    LOG.log(
        System.Logger.Level.DEBUG,
        "connection without the secret is closed: peer={0}, reason={1}",
        connection.remoteAddress(),
        reason);
    // Past gRPC's handlers, which would take their leave first and wait for an answer.
    connection
        .pipeline()
        .context(Reads.class)
        .close()
        .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  /** Notes whose bytes are being read. */
  private final class Reads extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      reading = context.channel();
      try {
        context.fireChannelRead(bytes);
      } finally {
        reading = null;
      }
    }
  }
}
