package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.table.AbortResult;
import io.mobula.store.table.DeleteResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers processes of this node that create objects. Belongs to the object table's thread and is a
 * part of the table.
 *
 * <p>A client waits in {@link CreateQueue} for room, and is told where it is. If it maps the store
 * it writes there; if not, it sends pieces ({@link PiecewiseWrites}). A task that runs again
 * creates the object of its earlier attempt: what is left of that goes, unless somebody reads it.
 * What the raylet itself creates is {@link IncomingCopies}'.
 */
final class ObjectCreation {

  private final long self;
  private final StoreTable store;
  private final CreateQueue creates;
  private final Spiller spiller;
  private final ChunkLeases chunks;
  private final OwnerIndex owners;
  private final LongPredicate isSharingMemory;
  private final ObjectAnswers answers;
  private final ObjectDesk desk;
  private final PiecewiseWrites piecewiseWrites = new PiecewiseWrites();

  /**
   * @param isSharingMemory whether a client maps the store; if not, it sends the bytes
   */
  ObjectCreation(
      long self,
      StoreTable store,
      CreateQueue creates,
      Spiller spiller,
      ChunkLeases chunks,
      OwnerIndex owners,
      LongPredicate isSharingMemory,
      ObjectAnswers answers,
      ObjectDesk desk) {
    this.self = self;
    this.store = store;
    this.creates = creates;
    this.spiller = spiller;
    this.chunks = chunks;
    this.owners = owners;
    this.isSharingMemory = isSharingMemory;
    this.answers = answers;
    this.desk = desk;
  }

  /** A client wants memory for a new object. */
  void create(WaitingCreate create) {
    if (create.sizeBytes() < 0) {
      refuse(create, "Object's size is negative: sizeBytes=" + create.sizeBytes());
    } else if (isOutdated(create)) {
      refuseOutdated(create);
    } else {
      creates.add(create);
    }
  }

  /** Its room is there. */
  void granted(WaitingCreate create, HeapRange range, long nowNanos) {
    ChunkLease chunk = null;
    if (!isSharingMemory.test(create.client())) {
      piecewiseWrites.begin(create.key(), create.client(), range);
    } else if (creates.size() == 0) {
      chunk = chunks.created(create.client(), create.sizeBytes(), nowNanos);
    }
    tellRange(create, range, chunk);
  }

  /** The key of a new object is in use: by a copy that came otherwise, or by an earlier attempt. */
  void taken(CreateQueue.Step.Taken taken, long nowNanos) {
    WaitingCreate create = taken.create();
    ObjectKey key = create.key();
    ObjectState state = taken.existing().state();
    if (isOutdated(create)) {
      refuseOutdated(create);
    } else if (state == ObjectState.SEALED) {
      // The task that made it runs again, so its owner has no use for the old copy.
      spiller.forget(key);
      if (store.delete(StoreKeys.of(key)) == DeleteResult.FREED) {
        desk.freed(key, nowNanos);
        creates.addFirst(create);
      } else {
        refuse(create, "Object exists and is being read: id=" + key);
      }
    } else if (state == ObjectState.CREATED
        && taken.existing().writerId() == create.client()
        && taken.existing().range().sizeBytes() == create.sizeBytes()) {
      tellRange(create, taken.existing().range(), null);
    } else {
      refuse(
          create,
          "Object is being written already, or was freed meanwhile: id="
              + key
              + ", state="
              + state
              + ", writer="
              + ProcessAddress.describe(taken.existing().writerId()));
    }
  }

  /** It gets no room. */
  void fail(WaitingCreate create, Failure failure) {
    desk.effect(answers.failed(create.client(), create.correlation(), create.key(), failure));
  }

  /** Whether this client sends this object in pieces. */
  boolean isInPieces(long client, ObjectKey key) {
    return piecewiseWrites.isWriter(key, client);
  }

  /** Where the next piece of an object goes, or null if it is not the next or too long. */
  @Nullable HeapRange acceptPiece(ObjectKey key, long offset, long lengthBytes) {
    return piecewiseWrites.accept(key, offset, lengthBytes);
  }

  /** A client says that its object is written; returns whether no piece is missing. */
  boolean isWritten(long client, ObjectKey key) {
    if (isInPieces(client, key)) {
      if (!piecewiseWrites.isWhole(key)) {
        return false;
      }
      piecewiseWrites.remove(key);
    }
    return true;
  }

  /** A client gives up an object before sealing it, or before it had its memory. */
  void abort(long client, ObjectKey key, long nowNanos) {
    creates.remove(create -> create.client() == client && create.key().equals(key));
    if (store.abort(StoreKeys.of(key), client) == AbortResult.ABORTED) {
      aborted(key, nowNanos);
    }
  }

  /** The writer of an object is gone: perhaps another node has the object. */
  void aborted(ObjectKey key, long nowNanos) {
    piecewiseWrites.remove(key);
    desk.freed(key, nowNanos);
    desk.lookAgain(key, nowNanos);
  }

  /** The object is freed: who waits for its room is told. */
  void ended(ObjectKey key, Failure failure) {
    creates
        .remove(create -> create.key().equals(key) && create.client() != self)
        .forEach(create -> fail(create, failure));
  }

  private void tellRange(WaitingCreate create, HeapRange range, @Nullable ChunkLease chunk) {
    desk.effect(answers.created(create.client(), create.correlation(), create.key(), range, chunk));
  }

  /**
   * Whether a later attempt of its task has made the object here: both may run when the caller took
   * the first for lost. The owner has no use for what the first makes, and would not free it.
   */
  private boolean isOutdated(WaitingCreate create) {
    return owners.taskAttempt(create.key()) > create.taskAttempt();
  }

  private void refuseOutdated(WaitingCreate create) {
    refuse(
        create,
        "Object was made by a later attempt of its task: id="
            + create.key()
            + ", attempt="
            + create.taskAttempt()
            + ", laterAttempt="
            + owners.taskAttempt(create.key()));
  }

  private void refuse(WaitingCreate create, String message) {
    fail(create, answers.failure(FailureKind.INVALID, message));
  }
}
