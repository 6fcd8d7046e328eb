package io.mobula.worker.own;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchObject;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.proto.ReleaseNotice;
import io.mobula.proto.ReleaseObject;
import io.mobula.proto.StoredObject;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.object.MappedObject;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stored objects whose bytes this process can read now. Owner thread: the core worker's loop.
 *
 * <p>An object that is in the node's index is held without a message. Else the raylet is asked,
 * once for an object however many want it, and told once when the last use is gone. To a process
 * without shared memory the raylet streams the bytes; they are put together here, in memory that
 * the thread that wants them has brought along.
 */
public final class SharedObjects {
  private final Outbox outbox;
  private final Map<ObjectKey, MappedObject> mapped = new HashMap<>();
  private final Map<ObjectKey, FetchReply> asking = new HashMap<>();
  private final Map<ObjectKey, MemorySegment> streaming = new HashMap<>();
  private @Nullable StoreReader reader;

  /** Waits for an object's bytes. One of the two is called, once, on the loop. */
  public interface Listener {
    /**
     * @param object with one use, the listener's
     */
    void onMapped(MappedObject object);

    void onFailed(Failure failure);
  }

  public SharedObjects(Outbox outbox) {
    this.outbox = outbox;
  }

  /** From now on, objects are looked for in the node's shared memory. */
  public void useReader(StoreReader storeReader) {
    reader = storeReader;
  }

  /** As {@link #fetch(StoredObject, FetchPurpose, MemorySegment, Listener)}, in shared memory. */
  public void fetch(StoredObject object, FetchPurpose purpose, Listener listener) {
    fetch(object, purpose, null, listener);
  }

  /**
   * Brings the object to this node, if it is not there, and holds it.
   *
   * @param room where its bytes go if they are streamed, which no other fetch uses; null if this
   *     process has shared memory
   */
  public void fetch(
      StoredObject object, FetchPurpose purpose, @Nullable MemorySegment room, Listener listener) {
    ObjectKey key = ObjectKey.of(object.getId());
    MappedObject known = mapped.get(key);
    if (known != null && known.tryUse()) {
      listener.onMapped(known);
      return;
    }
    FetchReply asked = asking.get(key);
    if (asked != null) {
      asked.listeners.add(listener);
      return;
    }
    Held held = reader == null ? null : reader.tryHold(key.owner(), key.sequence());
    if (held != null) {
      MappedObject local = MappedObject.held(held);
      mapped.put(key, local);
      listener.onMapped(local);
      return;
    }
    FetchReply reply = new FetchReply(key, room);
    reply.listeners.add(listener);
    asking.put(key, reply);
    outbox.request(
        outbox.raylet(),
        Packet.newBuilder()
            .setFetchObject(FetchObject.newBuilder().setObject(object).setPurpose(purpose)),
        reply);
  }

  /** A listener waits no longer; it is not called. Without another, the raylet is told. */
  public void cancel(ObjectKey key, Listener listener) {
    FetchReply asked = asking.get(key);
    if (asked != null && asked.listeners.remove(listener) && asked.listeners.isEmpty()) {
      asking.remove(key);
      streaming.remove(key);
      sendRelease(key);
    }
  }

  /** Takes a use away, and lets go of the object if it was the last. */
  public void endUse(ObjectKey key, MappedObject object) {
    if (object.endUse()) {
      letGo(key, object, false);
    }
  }

  /**
   * The last use of the object is gone: its hold ends, if it has not.
   *
   * @param isAwaited whether it has, and the raylet waits to be told
   */
  public void letGo(ObjectKey key, MappedObject object, boolean isAwaited) {
    mapped.remove(key, object);
    Held held = object.hold();
    if (held != null) {
      if (held.release() || isAwaited) {
        tellHoldEnded();
      }
    } else if (object.streamedBytes() == null) {
      sendRelease(key);
    }
  }

  private void sendRelease(ObjectKey key) {
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setReleaseObject(ReleaseObject.newBuilder().setId(key.toProto())));
  }

  /** The raylet waits for a hold of this process that has ended. */
  public void tellHoldEnded() {
    outbox.send(
        outbox.raylet(), Packet.newBuilder().setReleaseNotice(ReleaseNotice.getDefaultInstance()));
  }

  /** A piece of an object that is being streamed to this process. */
  public void onPiece(ObjectPiece piece) {
    ObjectKey key = ObjectKey.of(piece.getId());
    MemorySegment bytes = streaming.get(key);
    if (bytes == null) {
      return;
    }
    byte[] data = piece.getData().toByteArray();
    if (piece.getOffset() < 0 || piece.getOffset() > bytes.byteSize() - data.length) {
      failed(key, noRoom(key, piece, bytes.byteSize()));
      return;
    }
    MemorySegment.copy(data, 0, bytes, ValueLayout.JAVA_BYTE, piece.getOffset(), data.length);
    if (piece.getLast()) {
      streaming.remove(key);
      arrived(key, MappedObject.streamed(bytes));
    }
  }

  /** The objects that are mapped now. For inspection. */
  public int size() {
    return mapped.size();
  }

  private void arrived(ObjectKey key, MappedObject object) {
    mapped.put(key, object);
    FetchReply asked = asking.remove(key);
    if (asked != null) {
      for (Listener listener : asked.listeners) {
        if (!object.tryUse()) {
          throw new IllegalStateException("mapping without use: object=" + key);
        }
        listener.onMapped(object);
      }
    }
    // The use that it was made with.
    endUse(key, object);
  }

  /** What the process has begun to stream will not be complete. */
  public void onProcessDied(long dead, String reason) {
    if (ProcessAddress.diesWith(outbox.raylet(), dead)) {
      Failure failure =
          Failures.of(
              FailureKind.OBJECT_LOST, "the raylet that sent the object died: reason=" + reason);
      List.copyOf(streaming.keySet()).forEach(key -> failed(key, failure));
    }
  }

  /** Nothing that is awaited will come, not even the rest of what has begun to. */
  public void failAll(Failure failure) {
    List.copyOf(asking.keySet()).forEach(key -> failed(key, failure));
  }

  private void failed(ObjectKey key, Failure failure) {
    streaming.remove(key);
    FetchReply asked = asking.remove(key);
    if (asked != null) {
      asked.listeners.forEach(listener -> listener.onFailed(failure));
    }
  }

  /** The raylet's answer, and who waits for it. One that all have cancelled counts for nothing. */
  private final class FetchReply implements ReplyHandler {
    private final ObjectKey key;
    private final @Nullable MemorySegment room;
    private final List<Listener> listeners = new ArrayList<>(1);

    FetchReply(ObjectKey key, @Nullable MemorySegment room) {
      this.key = key;
      this.room = room;
    }

    @Override
    public void onReply(Packet reply) {
      if (!isAwaited()) {
        return;
      }
      switch (reply.getBodyCase()) {
        case OBJECT_AVAILABLE ->
            arrived(
                key,
                MappedObject.shared(
                    reply.getObjectAvailable().getOffset(),
                    reply.getObjectAvailable().getSizeBytes()));
        case OBJECT_PIECE -> {
          if (room == null) {
            failed(key, noRoom(key, reply.getObjectPiece(), 0));
          } else {
            streaming.put(key, room);
            onPiece(reply.getObjectPiece());
          }
        }
        case STORE_FAILURE -> failed(key, reply.getStoreFailure().getFailure());
        default ->
            failed(
                key,
                Failures.of(
                    FailureKind.INTERNAL, "unexpected answer to a fetch: " + reply.getBodyCase()));
      }
    }

    @Override
    public void onUnreachable(Failure failure) {
      if (isAwaited()) {
        failed(key, failure);
      }
    }

    private boolean isAwaited() {
      return Objects.equals(asking.get(key), this);
    }
  }

  private static Failure noRoom(ObjectKey key, ObjectPiece piece, long roomBytes) {
    return Failures.of(
        FailureKind.INTERNAL,
        "a piece of the object does not fit: object="
            + key
            + ", offset="
            + piece.getOffset()
            + ", sizeBytes="
            + piece.getData().size()
            + ", roomBytes="
            + roomBytes);
  }

  /** The mapping that is known for the object, if any; its use stays where it is. */
  public @Nullable MappedObject find(ObjectKey key) {
    return mapped.get(key);
  }
}
