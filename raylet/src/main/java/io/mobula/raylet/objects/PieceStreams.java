package io.mobula.raylet.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects on their way to processes without shared memory, in pieces, as fast as their links take
 * them.
 *
 * <p>Owner thread: the raylet's loop. A client's objects go one after another. The bytes of a piece
 * are copied when it is sent, so that the object may be deleted once its stream has ended.
 */
final class PieceStreams {

  private final long self;
  private final int pieceBytes;
  private final ObjectOutbox outbox;
  private final BiConsumer<ObjectClient, ObjectKey> onEnd;
  private final Map<Long, Deque<Stream>> streams = new HashMap<>();

  /**
   * @param onEnd told when the last piece of an object has gone to a client
   */
  PieceStreams(
      long self, int pieceBytes, ObjectOutbox outbox, BiConsumer<ObjectClient, ObjectKey> onEnd) {
    this.self = self;
    this.pieceBytes = pieceBytes;
    this.outbox = outbox;
    this.onEnd = onEnd;
  }

  /** Begins a stream, which may end before this returns. */
  void start(ObjectClient client, long correlation, ObjectKey key, MemorySegment bytes) {
    streams
        .computeIfAbsent(client.address(), address -> new ArrayDeque<>())
        .addLast(new Stream(client, correlation, key, bytes));
    pump(client.address());
  }

  /** Sends what the client's link takes. */
  void pump(long client) {
    Deque<Stream> waiting = streams.get(client);
    Stream first = waiting == null ? null : waiting.peekFirst();
    while (first != null && !first.client.isCongested()) {
      if (sendNext(first)) {
        end(client, first);
        onEnd.accept(first.client, first.key);
        first = first(client);
      }
    }
  }

  /** Ends a stream of the object early; returns whether there was one. */
  boolean cancel(long client, ObjectKey key) {
    for (Stream stream : streams.getOrDefault(client, new ArrayDeque<>())) {
      if (stream.key.equals(key)) {
        end(client, stream);
        return true;
      }
    }
    return false;
  }

  /** Ends all streams of a client. */
  void drop(long client) {
    streams.remove(client);
  }

  /** Whether no client waits for a piece. */
  boolean isEmpty() {
    return streams.isEmpty();
  }

  private @Nullable Stream first(long client) {
    Deque<Stream> waiting = streams.get(client);
    return waiting == null ? null : waiting.peekFirst();
  }

  private void end(long client, Stream stream) {
    Deque<Stream> waiting = streams.get(client);
    if (waiting != null && waiting.remove(stream) && waiting.isEmpty()) {
      streams.remove(client);
    }
  }

  /** Returns whether that was the last piece. */
  private boolean sendNext(Stream stream) {
    long lengthBytes = Math.min(pieceBytes, stream.bytes.byteSize() - stream.sentBytes);
    byte[] bytes = new byte[(int) lengthBytes];
    MemorySegment.copy(
        stream.bytes, stream.sentBytes, MemorySegment.ofArray(bytes), 0, lengthBytes);
    boolean isLast = stream.sentBytes + lengthBytes == stream.bytes.byteSize();
    ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
    ObjectPiece piece =
        ObjectPiece.newBuilder()
            .setId(stream.key.toProto())
            .setOffset(stream.sentBytes)
            .setData(data)
            .setLast(isLast)
            .build();
    stream.sentBytes += lengthBytes;
    outbox.send(
        stream.client.address(),
        Packet.newBuilder()
            .setFrom(self)
            .setTo(stream.client.address())
            .setCorrelation(stream.correlation)
            .setObjectPiece(piece)
            .build());
    return isLast;
  }

  /** One object for one client. */
  private static final class Stream {
    final ObjectClient client;
    final long correlation;
    final ObjectKey key;
    final MemorySegment bytes;
    long sentBytes;

    Stream(ObjectClient client, long correlation, ObjectKey key, MemorySegment bytes) {
      this.client = client;
      this.correlation = correlation;
      this.key = key;
      this.bytes = bytes;
    }
  }
}
