package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.HeapRange;
import io.mobula.store.table.HoldResult;
import io.mobula.store.table.StoreTable;
import java.util.List;
import java.util.function.Consumer;

/**
 * Answers other nodes that want to read parts of objects here. Belongs to the object table's thread
 * and is a part of the table.
 *
 * <p>A sealed object is served under a hold; an object that this node pulls itself, as far as it
 * has come; an object that is being written here, once it is sealed; an object that is only on
 * disk, once it has been brought back.
 */
final class ObjectServing {

  private final long self;
  private final StoreTable store;
  private final PullTable pulls;
  private final IncomingCopies incoming;
  private final Spiller spiller;
  private final WaiterTable waiters;
  private final ServeTable serves;
  private final OwnerIndex owners;
  private final ObjectAnswers answers;
  private final Consumer<ObjectEffect> effects;

  ObjectServing(
      long self,
      StoreTable store,
      PullTable pulls,
      IncomingCopies incoming,
      Spiller spiller,
      WaiterTable waiters,
      ServeTable serves,
      OwnerIndex owners,
      ObjectAnswers answers,
      Consumer<ObjectEffect> effects) {
    this.self = self;
    this.store = store;
    this.pulls = pulls;
    this.incoming = incoming;
    this.spiller = spiller;
    this.waiters = waiters;
    this.serves = serves;
    this.owners = owners;
    this.answers = answers;
    this.effects = effects;
  }

  /** Answers now, or lets the ticket wait until the object is sealed. */
  void serve(long ticket, PartRequest request, long nowNanos) {
    ObjectKey key = request.key();
    switch (store.hold(StoreKeys.of(key), self)) {
      case HoldResult.Ready(HeapRange range) -> serveSealed(ticket, request, range);
      case HoldResult.NotSealed _ -> {
        if (pulls.isPulling(key)) {
          servePulled(ticket, request);
        } else {
          waiters.add(key, new Waiter.Serve(ticket, request));
        }
      }
      case HoldResult.NotFound _ -> {
        if (incoming.restore(key, CreatePriority.GET, nowNanos)) {
          waiters.add(key, new Waiter.Serve(ticket, request));
        } else {
          refuse(ticket, key);
        }
      }
    }
  }

  /** The object is here, and can't be brought into memory now. */
  void later(long ticket) {
    effects.accept(new ObjectEffect.ServeLater(ticket, LoopObjectSource.NOT_YET));
  }

  /** The object is not here. */
  void refuse(long ticket, ObjectKey key) {
    refuse(ticket, "Object is not on this node: id=" + key);
  }

  /** The object was sealed: who reads parts of it is one of its holders from now on. */
  void sealed(ObjectKey key) {
    for (int left = serves.hold(key); left > 0; left--) {
      if (!(store.hold(StoreKeys.of(key), self) instanceof HoldResult.Ready)) {
        throw new IllegalStateException("Sealed object can't be held: key=" + key);
      }
    }
  }

  private void serveSealed(long ticket, PartRequest request, HeapRange range) {
    ObjectKey key = request.key();
    if (isOther(request, range, owners.taskAttempt(key))) {
      store.release(StoreKeys.of(key), self);
      refuse(ticket, other(request, range));
      return;
    }
    boolean isBusy = serves.isBusy(request);
    SourceReport report = SourceReport.whole(serves.stamp(key), serves.noteReader(request));
    if (isBusy) {
      store.release(StoreKeys.of(key), self);
      effects.accept(new ObjectEffect.ServeLater(ticket, report));
      return;
    }
    spiller.used(key);
    serves.begin(ticket, key, true);
    effects.accept(new ObjectEffect.Serve(ticket, part(request, range), report));
  }

  private void servePulled(long ticket, PartRequest request) {
    ObjectKey key = request.key();
    HeapRange range = incoming.pullRange(key);
    List<Integer> readers = serves.noteReader(request);
    SourceReport pulled = pulls.report(key);
    SourceReport report = new SourceReport(pulled.stamp(), pulled.parts(), readers);
    if (range != null && isOther(request, range, pulls.taskAttempt(key))) {
      refuse(ticket, other(request, range));
    } else if (range != null && pulls.has(key, request.firstByte(), request.lengthBytes())) {
      serves.begin(ticket, key, false);
      effects.accept(new ObjectEffect.Serve(ticket, part(request, range), report));
    } else {
      effects.accept(new ObjectEffect.ServeLater(ticket, report));
    }
  }

  private void refuse(long ticket, String message) {
    Failure failure = answers.failure(FailureKind.NOT_FOUND, message);
    effects.accept(new ObjectEffect.RefuseServe(ticket, failure));
  }

  private static HeapRange part(PartRequest request, HeapRange range) {
    return new HeapRange(range.offset() + request.firstByte(), request.lengthBytes());
  }

  private static boolean isOther(PartRequest request, HeapRange range, int taskAttempt) {
    return range.sizeBytes() != request.objectBytes() || taskAttempt != request.taskAttempt();
  }

  private static String other(PartRequest request, HeapRange range) {
    return "Object was made by another attempt here, or has another size: id="
        + request.key()
        + ", sizeBytes="
        + range.sizeBytes()
        + ", expectedBytes="
        + request.objectBytes()
        + ", expectedAttempt="
        + request.taskAttempt();
  }
}
