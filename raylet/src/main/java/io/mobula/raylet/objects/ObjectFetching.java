package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.store.HeapRange;
import io.mobula.store.table.HoldResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Answers processes of this node that want to read objects, and whoever else waits for one to be
 * sealed here. Belongs to the object table's thread and is a part of the table.
 *
 * <p>A sealed object is answered at once, and its reader is one of its holders from then on. For an
 * object that is being written the reader waits. One that is not in memory is brought back from
 * disk, or else pulled from other nodes. {@link ObjectServing} is the same for other nodes.
 */
final class ObjectFetching {

  private final StoreTable store;
  private final IncomingCopies incoming;
  private final ObjectServing serving;
  private final Spiller spiller;
  private final WaiterTable waiters;
  private final LongPredicate isSharingMemory;
  private final ObjectAnswers answers;
  private final Consumer<ObjectEffect> effects;

  /**
   * @param isSharingMemory whether a client maps the store; if not, it gets the bytes
   */
  ObjectFetching(
      StoreTable store,
      IncomingCopies incoming,
      ObjectServing serving,
      Spiller spiller,
      WaiterTable waiters,
      LongPredicate isSharingMemory,
      ObjectAnswers answers,
      Consumer<ObjectEffect> effects) {
    this.store = store;
    this.incoming = incoming;
    this.serving = serving;
    this.spiller = spiller;
    this.waiters = waiters;
    this.isSharingMemory = isSharingMemory;
    this.answers = answers;
    this.effects = effects;
  }

  /** Answers now, or lets the client wait until the object is sealed. */
  void fetch(Waiter.Fetch fetch, long nowNanos) {
    ObjectKey key = ObjectKey.of(fetch.object().getId());
    switch (store.hold(StoreKeys.of(key), fetch.client())) {
      case HoldResult.Ready(HeapRange range) -> {
        spiller.used(key);
        answer(fetch, key, range);
      }
      case HoldResult.NotSealed _ -> {
        waiters.add(key, fetch);
        incoming.pullOn(key, fetch.object(), nowNanos);
      }
      case HoldResult.NotFound _ -> {
        if (incoming.restore(key, fetch.priority(), nowNanos)) {
          waiters.add(key, fetch);
        } else if (store.state(StoreKeys.of(key)) == ObjectState.ABSENT) {
          waiters.add(key, fetch);
          incoming.pull(key, fetch.object(), fetch.priority(), nowNanos);
        } else {
          fail(fetch, key, answers.freed(key));
        }
      }
    }
  }

  /** A client no longer waits for an object. */
  void cancel(long client, ObjectKey key) {
    Waiter.Fetch waiting = waiters.removeFetch(key, client);
    if (waiting != null) {
      fail(waiting, key, answers.notWanted(key));
      incoming.unwanted(key);
    }
  }

  /** The object was sealed: all who wait for it are answered. */
  void answerWaiters(ObjectKey key, long nowNanos) {
    for (Waiter waiter : waiters.take(key)) {
      switch (waiter) {
        case Waiter.Fetch fetch -> {
          if (store.hold(StoreKeys.of(key), fetch.client())
              instanceof HoldResult.Ready(HeapRange range)) {
            answer(fetch, key, range);
          } else {
            throw new IllegalStateException("Sealed object can't be held: key=" + key);
          }
        }
        case Waiter.Serve serve -> serving.serve(serve.ticket(), serve.request(), nowNanos);
      }
    }
  }

  /** All who wait for the object wait in vain. */
  void failWaiters(ObjectKey key, Failure failure) {
    for (Waiter waiter : waiters.take(key)) {
      switch (waiter) {
        case Waiter.Fetch fetch -> fail(fetch, key, failure);
        case Waiter.Serve serve -> refuse(serve, failure);
      }
    }
  }

  /** For want of room a node does not deny what it has. */
  private void refuse(Waiter.Serve serve, Failure failure) {
    if (failure.getKind() == FailureKind.STORE_FULL) {
      serving.later(serve.ticket());
    } else {
      effects.accept(new ObjectEffect.RefuseServe(serve.ticket(), failure));
    }
  }

  /** The writer that they waited for is gone: perhaps another node has the object. */
  void retryWaiters(ObjectKey key, long nowNanos) {
    for (Waiter waiter : waiters.take(key)) {
      switch (waiter) {
        case Waiter.Fetch fetch -> fetch(fetch, nowNanos);
        case Waiter.Serve serve -> serving.refuse(serve.ticket(), key);
      }
    }
  }

  private void answer(Waiter.Fetch fetch, ObjectKey key, HeapRange range) {
    effects.accept(
        isSharingMemory.test(fetch.client())
            ? answers.available(fetch.client(), fetch.correlation(), key, range)
            : new ObjectEffect.Stream(fetch.client(), fetch.correlation(), key, range));
  }

  private void fail(Waiter.Fetch fetch, ObjectKey key, Failure failure) {
    effects.accept(answers.failed(fetch.client(), fetch.correlation(), key, failure));
  }
}
