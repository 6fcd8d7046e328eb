package io.mobula.raylet.transfer;

import io.mobula.agent.loop.Clock;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A blocking socket whose every operation has a deadline.
 *
 * <p>Concurrent: one thread reads and writes; any thread may {@link #expire} or {@link #close} it,
 * which ends the operation in progress with an exception. The two volatile fields are each written
 * before the effect that they explain: the deadline before the operation blocks, the time-out flag
 * before the socket closes.
 */
final class TimedChannel implements AutoCloseable {

  private final SocketChannel channel;
  private final Clock clock;
  private volatile long deadlineNanos;
  private volatile boolean isTimed;
  private volatile boolean hasTimedOut;
  private @Nullable ByteBuffer buffer;

  TimedChannel(SocketChannel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /** Connects the socket. */
  void connect(SocketAddress address, Duration timeout) throws IOException {
    begin(timeout);
    try {
      channel.connect(address);
    } catch (IOException e) {
      throw explain(e);
    } finally {
      isTimed = false;
    }
  }

  /** Reads until the buffer is full. */
  void readFully(ByteBuffer buffer, Duration timeout) throws IOException {
    begin(timeout);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException("peer closed the connection");
        }
      }
    } catch (IOException e) {
      throw explain(e);
    } finally {
      isTimed = false;
    }
  }

  /** Writes until the buffer is empty. */
  void writeFully(ByteBuffer buffer, Duration timeout) throws IOException {
    begin(timeout);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw explain(e);
    } finally {
      isTimed = false;
    }
  }

  /** Closes the socket if its operation should have ended by now. Any thread. */
  void expire(long nowNanos) {
    if (isTimed && nowNanos - deadlineNanos > 0) {
      hasTimedOut = true;
      close();
    }
  }

  /** A buffer outside the heap, for the thread that reads and writes; always the same. */
  ByteBuffer buffer(int sizeBytes) {
    ByteBuffer current = buffer;
    if (current == null) {
      current = ByteBuffer.allocateDirect(sizeBytes);
      buffer = current;
    }
    return current;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Closes the socket. Idempotent; any thread. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is released all the same; what was on its way is lost, as after any close.
      System.getLogger(TimedChannel.class.getName())
          .log(System.Logger.Level.DEBUG, "data connection closed with an error", e);
    }
  }

  private void begin(Duration timeout) {
    deadlineNanos = clock.nanoTime() + timeout.toNanos();
    isTimed = true;
  }

  private IOException explain(IOException cause) {
    if (hasTimedOut) {
      SocketTimeoutException timeout = new SocketTimeoutException("timed out");
      timeout.initCause(cause);
      return timeout;
    }
    return cause;
  }
}
