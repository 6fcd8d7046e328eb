package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.StoredObject;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.table.AbortResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The copies that the raylet itself writes: pulled from other nodes, or brought back from disk.
 * Belongs to the object table's thread and is a part of the table.
 *
 * <p>How it works: {@link PullTable} and {@link Restorer} decide; this class gets them room in the
 * store, seals what has come, and gives back the memory of what will not.
 *
 * <p>The memory of a pulled object is kept here from its grant until it is sealed or given back.
 * While other nodes read parts of it, it is neither given back nor written anew.
 */
final class IncomingCopies {

  private final long self;
  private final StoreTable store;
  private final CreateQueue creates;
  private final PullTable pulls;
  private final Restorer restorer;
  private final ServeTable serves;
  private final WaiterTable waiters;
  private final ObjectDesk desk;
  private final ObjectAnswers answers;
  private final Map<ObjectKey, HeapRange> pullRanges = new HashMap<>();

  IncomingCopies(
      long self,
      StoreTable store,
      CreateQueue creates,
      PullTable pulls,
      Restorer restorer,
      ServeTable serves,
      WaiterTable waiters,
      ObjectDesk desk) {
    this.self = self;
    this.store = store;
    this.creates = creates;
    this.pulls = pulls;
    this.restorer = restorer;
    this.serves = serves;
    this.waiters = waiters;
    this.desk = desk;
    this.answers = new ObjectAnswers(self);
  }

  /** An object of which nothing is here is wanted. */
  void pull(ObjectKey key, StoredObject object, CreatePriority priority, long nowNanos) {
    // A local writer in line comes before the pull of another copy.
    creates.raise(key, priority);
    wantPull(key, object, nowNanos);
  }

  /** An object that is not whole is wanted; if it is being pulled, more is known of where it is. */
  void pullOn(ObjectKey key, StoredObject object, long nowNanos) {
    if (pulls.isPulling(key)) {
      wantPull(key, object, nowNanos);
    }
  }

  /**
   * An object that is not in memory is wanted.
   *
   * @return whether it is on disk, and comes from there
   */
  boolean restore(ObjectKey key, CreatePriority priority, long nowNanos) {
    if (!restorer.isRestorable(key, store)) {
      return false;
    }
    restorer.want(key, priority, nowNanos);
    return true;
  }

  /** One of those who wanted the object does no longer. */
  void unwanted(ObjectKey key) {
    if (!waiters.hasFetch(key)) {
      pulls.drop(key);
    }
    if (!waiters.has(key)) {
      restorer.cancel(key);
    }
  }

  /** The memory of an object that is being pulled; null if it has none. */
  @Nullable HeapRange pullRange(ObjectKey key) {
    return pullRanges.get(key);
  }

  /** A pull has its room. */
  void pullGranted(ObjectKey key, HeapRange range, long nowNanos) {
    pullRanges.put(key, range);
    pulls.roomGranted(key, nowNanos);
  }

  /** The raylet does not get the room that it asked for. */
  void refused(ObjectKey key, Failure failure) {
    withdraw(key);
    desk.lost(key, failure);
  }

  /** An object that the raylet asked room for has come otherwise, or is being written. */
  void taken(ObjectKey key, ObjectState state, long nowNanos) {
    withdraw(key);
    switch (state) {
      case SEALED -> desk.arrived(key, nowNanos);
      case CANCELLED, DELETING -> desk.lost(key, answers.freed(key));
      case CREATED, ABSENT -> {}
    }
  }

  /** Another node no longer reads a part of an object that was not sealed. */
  void partRead(ObjectKey key, long nowNanos) {
    if (serves.canGiveBack(key)) {
      abortPull(key, nowNanos);
      desk.lookAgain(key, nowNanos);
    }
  }

  /** What the owner of an object says when asked where else it is. */
  void ownerSaid(ObjectKey key, ObjectValue value, long nowNanos) {
    switch (value.getOutcomeCase()) {
      case STORED -> {
        StoredObject object = value.getStored();
        pulls.foundElsewhere(key, object.getAttempt(), nodes(object), nowNanos);
      }
      case FAILURE -> {
        if (pulls.isPulling(key)) {
          pulls.drop(key);
          desk.lost(key, value.getFailure());
        }
      }
      case VALUE -> pulls.isOutdated(key);
      case OUTCOME_NOT_SET -> {}
    }
  }

  /** Does what the pulls want next. */
  void carryOut(PullAction action, long nowNanos) {
    ObjectKey key = action.key();
    switch (action) {
      case PullAction.Reserve reserve ->
          creates.add(
              new WaitingCreate(
                  key,
                  reserve.sizeBytes(),
                  self,
                  0,
                  nowNanos,
                  waiters.priority(key),
                  pulls.taskAttempt(key)));
      case PullAction.Start start -> desk.effect(start.in(memory(key)));
      case PullAction.Cancel cancel ->
          desk.effect(new ObjectEffect.CancelTransfer(key, cancel.attempt()));
      case PullAction.Complete(_, long stamp) -> pulled(key, stamp, nowNanos);
      case PullAction.StartOver _ -> {
        if (serves.isReadUnsealed(key)) {
          pulls.cannotStartOver(key);
        } else {
          pulls.startOver(key, nowNanos);
        }
      }
      case PullAction.GiveUp _ -> giveBack(key, nowNanos);
      case PullAction.Lose(_, String reason) -> {
        giveBack(key, nowNanos);
        desk.lost(
            key, answers.failure(FailureKind.OBJECT_LOST, "Object can't be pulled: " + reason));
      }
      case PullAction.AskOwner _ -> desk.effect(answers.askOwner(key));
      case PullAction.DoWithout(_, String reason) -> {
        giveBack(key, nowNanos);
        desk.lost(key, answers.outOfReach(reason));
      }
    }
  }

  /** An {@link ObjectEffect.Restore} is done: nobody writes to its range any more. */
  void restored(SpillSlot slot, SpillRead result, long nowNanos) {
    ObjectKey key = StoreKeys.from(slot.key());
    switch (result) {
      case SpillRead.Complete _ -> {
        restorer.ended(slot);
        if (desk.seal(key, nowNanos)) {
          desk.arrived(key, nowNanos);
        }
      }
      case SpillRead.Failed(String reason) -> {
        desk.effect(new ObjectEffect.Warn(reason));
        if (restorer.failed(slot, nowNanos)) {
          return;
        }
        if (restorer.discard(slot)) {
          desk.copyGone(key);
        }
        abort(key, nowNanos);
        desk.lookAgain(key, nowNanos);
      }
    }
  }

  private void withdraw(ObjectKey key) {
    if (restorer.isWaiting(key)) {
      restorer.cancel(key);
    } else {
      pulls.roomRefused(key);
    }
  }

  private void wantPull(ObjectKey key, StoredObject object, long nowNanos) {
    List<Integer> nodes = nodes(object);
    pulls.want(key, object.getSizeBytes(), object.getAttempt(), nodes, nowNanos);
  }

  private static List<Integer> nodes(StoredObject object) {
    return object.getLocationsList().stream().map(ProcessAddress::node).toList();
  }

  private void pulled(ObjectKey key, long stamp, long nowNanos) {
    if (store.state(StoreKeys.of(key)) == ObjectState.CANCELLED) {
      giveBack(key, nowNanos);
      desk.lost(key, answers.freed(key));
      return;
    }
    pullRanges.remove(key);
    serves.pulled(key, stamp);
    if (desk.seal(key, nowNanos)) {
      desk.copyAdded(key);
      desk.arrived(key, nowNanos);
    }
  }

  private void giveBack(ObjectKey key, long nowNanos) {
    creates.remove(create -> create.client() == self && create.key().equals(key));
    if (serves.isReadUnsealed(key)) {
      serves.giveBackLater(key);
    } else if (pullRanges.containsKey(key)) {
      abortPull(key, nowNanos);
    }
  }

  private void abortPull(ObjectKey key, long nowNanos) {
    pullRanges.remove(key);
    abort(key, nowNanos);
  }

  private void abort(ObjectKey key, long nowNanos) {
    if (store.abort(StoreKeys.of(key), self) == AbortResult.ABORTED) {
      desk.freed(key, nowNanos);
    }
  }

  private HeapRange memory(ObjectKey key) {
    HeapRange range = pullRanges.get(key);
    if (range == null) {
      throw new IllegalStateException("Object to be pulled has no memory: key=" + key);
    }
    return range;
  }
}
