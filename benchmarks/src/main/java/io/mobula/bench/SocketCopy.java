package io.mobula.bench;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/**
 * A plain copy of memory through a loopback socket, to compare transfers with; into the same memory
 * each time, so that all but the first copies touch memory that is warm.
 */
final class SocketCopy implements AutoCloseable {
  private static final int BLOCK_BYTES = 4 << 20;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment to;

  SocketCopy(long sizeBytes) {
    to = arena.allocate(sizeBytes);
  }

  /** How long it takes, with a connection of its own. */
  double secondsOf(MemorySegment from) throws Exception {
    return Stopwatch.secondsOf(() -> copy(from, to));
  }

  @Override
  public void close() {
    arena.close();
  }

  private static void copy(MemorySegment from, MemorySegment to) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel source = SocketChannel.open(listener.getLocalAddress());
          SocketChannel sink = listener.accept()) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread.ofPlatform()
            .start(() -> {
              try {
                send(source, from);
                sent.complete(null);
              } catch (IOException e) {
                sent.completeExceptionally(e);
              }
            });
        for (long offset = 0; offset < to.byteSize(); offset += BLOCK_BYTES) {
          ByteBuffer block = block(to, offset);
          while (block.hasRemaining()) {
            if (sink.read(block) < 0) {
              throw new EOFException("sender closed the socket");
            }
          }
        }
        sent.join();
      }
    }
  }

  private static void send(SocketChannel source, MemorySegment from) throws IOException {
    for (long offset = 0; offset < from.byteSize(); offset += BLOCK_BYTES) {
      ByteBuffer block = block(from, offset);
      while (block.hasRemaining()) {
        source.write(block);
      }
    }
  }

  private static ByteBuffer block(MemorySegment segment, long offset) {
    return segment
        .asSlice(offset, Math.min(BLOCK_BYTES, segment.byteSize() - offset))
        .asByteBuffer();
  }
}
