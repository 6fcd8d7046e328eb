package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.MobulaException;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.store.HeapRange;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.Rendezvous;
import io.mobula.worker.serialization.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Writes values into the node's store, on user threads. Thread-safe.
 *
 * <p>A value goes to the chunk that this process leases, if it fits there: then nobody is asked,
 * and the raylet hears of the object afterwards. Else the raylet is asked for room and may lease a
 * chunk along with it. A process without shared memory sends the bytes.
 *
 * <p>The result of a task that runs again is always asked for: the raylet may have the object of an
 * earlier attempt, which must go first.
 */
final class StoreWriting {

  /** Pieces in which a process without shared memory sends an object. */
  private static final int PIECE_BYTES = 1 << 20;

  private final long self;
  private final StoreAccess store;
  private final Mail mail;
  private final Waiting waiting;

  StoreWriting(long self, StoreAccess store, Waiting waiting) {
    this.self = self;
    this.store = store;
    this.mail = waiting.mail();
    this.waiting = waiting;
  }

  /**
   * Writes and seals an object.
   *
   * @param taskAttempt of the task whose result it is; in the first, and for what is put, no other
   *     process may have written the object before
   * @throws MobulaException if there is no room
   */
  void write(ObjectKey key, int taskAttempt, Encoding value, String callSite)
      throws InterruptedException {
    if (!writeLeased(key, taskAttempt, value, callSite)) {
      Rendezvous<CoreMessage.StoreRoom> answer = ask(key, taskAttempt, value, callSite);
      writeAsked(key, value, answer, () -> waiting.await(answer));
    }
  }

  /** As {@link #write}, whatever interrupts there are; whether there were any is forgotten. */
  void writeResult(ObjectKey key, int taskAttempt, Encoding value, String callSite) {
    boolean isWritten = writeLeased(key, taskAttempt, value, callSite);
    if (!isWritten) {
      Rendezvous<CoreMessage.StoreRoom> answer = ask(key, taskAttempt, value, callSite);
      Thread.interrupted();
      writeAsked(key, value, answer, () -> waiting.awaitToTheEnd(answer));
    }
  }

  /** How long to wait for room. */
  private interface RoomWait<E extends Exception> {
    CoreMessage.StoreRoom await() throws E;
  }

  private boolean writeLeased(ObjectKey key, int taskAttempt, Encoding value, String callSite) {
    StoreAccess.@Nullable StoreSlot slot =
        taskAttempt == 0 ? store.reserve(value.sizeBytes()) : null;
    if (slot != null) {
      writeLeased(key, value, callSite, slot);
    }
    return slot != null;
  }

  private void writeLeased(
      ObjectKey key, Encoding value, String callSite, StoreAccess.StoreSlot slot) {
    boolean isWritten = false;
    try {
      value.writeTo(store.target(slot.range()));
      isWritten = true;
    } finally {
      if (isWritten) {
        slot.seal(key);
        mail.post(new CoreMessage.Chunked(key, callSite));
      } else {
        slot.abort();
        mail.postUnlessClosed(new CoreMessage.ChunkRoomUnused());
      }
    }
  }

  private Rendezvous<CoreMessage.StoreRoom> ask(
      ObjectKey key, int taskAttempt, Encoding value, String callSite) {
    Rendezvous<CoreMessage.StoreRoom> answer = new Rendezvous<>();
    mail.post(new CoreMessage.CreateStored(key, value.sizeBytes(), taskAttempt, callSite, answer));
    return answer;
  }

  private <E extends Exception> void writeAsked(
      ObjectKey key, Encoding value, Rendezvous<CoreMessage.StoreRoom> answer, RoomWait<E> wait)
      throws E {
    CoreMessage.StoreRoom room = null;
    try {
      room = wait.await();
    } finally {
      if (room == null) {
        abandon(key, answer);
      }
    }
    if (room.failure() != null) {
      throw FailureExceptions.toException(room.failure(), null);
    }
    boolean isWritten = false;
    try {
      if (room.chunk() != null) {
        store.useChunk(room.chunk());
      }
      if (store.isShared()) {
        value.writeTo(store.target(new HeapRange(room.offset(), value.sizeBytes())));
      } else {
        stream(key, value);
      }
      isWritten = true;
    } finally {
      if (isWritten) {
        mail.post(new CoreMessage.Seal(key));
      } else {
        mail.postUnlessClosed(new CoreMessage.Abort(key));
      }
    }
  }

  /**
   * Nobody writes: the room that came meanwhile is given up; the loop gives up what comes later.
   */
  private void abandon(ObjectKey key, Rendezvous<CoreMessage.StoreRoom> answer) {
    CoreMessage.StoreRoom late = answer.abandon();
    if (late != null && late.failure() == null) {
      mail.postUnlessClosed(new CoreMessage.Abort(key));
    }
  }

  private void stream(ObjectKey key, Encoding value) {
    byte[] bytes = value.toByteArray();
    for (int offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, bytes.length - offset);
      ObjectPiece piece =
          ObjectPiece.newBuilder()
              .setId(key.toProto())
              .setOffset(offset)
              .setData(UnsafeByteOperations.unsafeWrap(bytes, offset, length))
              .setLast(offset + length == bytes.length)
              .build();
      mail.post(
          new CoreMessage.Tell(
              ProcessAddress.rayletOf(self), Packet.newBuilder().setObjectPiece(piece)));
    }
  }
}
