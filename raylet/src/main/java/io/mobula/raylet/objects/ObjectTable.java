package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.StoredObject;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.spill.SpillUsage;
import io.mobula.store.spill.SpillWrite;
import io.mobula.store.table.AbortResult;
import io.mobula.store.table.ClientGone;
import io.mobula.store.table.DeleteResult;
import io.mobula.store.table.HoldResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.ReleaseResult;
import io.mobula.store.table.StoreTable;
import io.mobula.store.table.StoreUsage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is decided about the objects of one node.
 *
 * <p>Belongs to one thread. It is told what happened and when; what it wants done it leaves in
 * {@link #takeEffects}, to be taken after each call. The same calls in the same order give the same
 * effects.
 *
 * <p>How it works: {@link StoreTable} knows which objects are here and who holds them; this class
 * adds who waits for them ({@link WaiterTable}), who waits for room ({@link CreateQueue}), what is
 * pulled ({@link PullTable}) and served ({@link ObjectServing}), what is on disk ({@link Spiller},
 * {@link Restorer}) and who owns what ({@link OwnerIndex}). In the store's eyes the raylet is a
 * client like others: it writes what is pulled and holds what it serves to other nodes.
 *
 * <ul>
 *   <li>What a process seals is the primary copy: pinned until its owner frees it or dies. The
 *       owner is told of it if it is another process.
 *   <li>What is pulled is a secondary copy: its owner is told of it, and again if it is evicted.
 *   <li>A primary copy that is on disk as well is pinned no longer, and is still a copy of this
 *       node when its memory is gone.
 *   <li>Freeing an object deletes it when its last holder or writer is done, and ends its pull.
 *   <li>A process that dies takes its holds, its waits and its unsealed objects with it.
 * </ul>
 */
final class ObjectTable {

  private final long self;
  private final StoreTable store;
  private final ObjectAnswers answers;
  private final CreateQueue creates;
  private final PullTable pulls;
  private final WaiterTable waiters = new WaiterTable();
  private final OwnerIndex owners = new OwnerIndex();
  private final SpillTable spilled;
  private final Spiller spiller;
  private final Restorer restorer;
  private final CallSiteIndex callSites = new CallSiteIndex();
  private final Map<Long, Boolean> sharesMemory = new HashMap<>();
  private final Map<ObjectKey, HeapRange> pullRanges = new HashMap<>();
  private final ChunkedWrites chunkedWrites = new ChunkedWrites();
  private final ServeTable serves;
  private final ObjectServing serving;
  private List<ObjectEffect> effects = new ArrayList<>();

  /**
   * @param self the raylet's address
   * @param store of a new store, without clients
   */
  ObjectTable(long self, ObjectConfig config, StoreTable store, long nowNanos) {
    this.self = self;
    this.store = store;
    this.answers = new ObjectAnswers(self);
    this.creates = new CreateQueue(store, config, this::onEvicted, nowNanos);
    this.pulls = new PullTable(ProcessAddress.node(self), config.pull());
    this.spilled = new SpillTable(config.spill().limitBytes());
    this.spiller = new Spiller(self, config.spill(), store, spilled, new SpillDesk());
    this.restorer = new Restorer(self, config.spill().readersMax(), spilled, creates, this::effect);
    this.serves = new ServeTable(ProcessAddress.node(self));
    this.serving =
        new ObjectServing(
            self,
            store,
            pulls,
            pullRanges,
            spiller,
            restorer,
            waiters,
            serves,
            answers,
            this::effect);
    store.clientJoined(self);
  }

  /** What to do now, in this order. */
  List<ObjectEffect> takeEffects() {
    List<ObjectEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    return Math.min(
        Math.min(creates.nextTimeNanos(), spiller.nextTimeNanos()), pulls.nextTimeNanos());
  }

  /** The time that was waited for has come. */
  void onTime(long nowNanos) {
    pulls.onTime(nowNanos);
    settle(nowNanos);
  }

  /** A process of this node came. */
  void clientJoined(long client, boolean isSharingMemory) {
    store.clientJoined(client);
    sharesMemory.put(client, isSharingMemory);
  }

  /** Somebody may want memory soon. */
  void growAheadSoon(long nowNanos) {
    creates.growAheadSoon(nowNanos);
  }

  /** Whether it came and has not died. */
  boolean isClient(long client) {
    return sharesMemory.containsKey(client);
  }

  /** A client wants memory for a new object. */
  void create(long client, long correlation, ObjectKey key, long sizeBytes, long nowNanos) {
    if (owners.isDead(key.owner())) {
      effects.add(answers.failed(client, correlation, key, answers.ownerDied(key)));
    } else if (sizeBytes < 0) {
      refuse(client, correlation, key, "Object's size is negative: sizeBytes=" + sizeBytes);
    } else {
      creates.add(
          new WaitingCreate(key, sizeBytes, client, correlation, nowNanos, CreatePriority.NEW));
    }
    settle(nowNanos);
  }

  /**
   * A client without shared memory sends a piece of an object that it creates. Pieces come in
   * order; one that does not ends the creation.
   *
   * @return where it goes, or null if it is not wanted
   */
  @Nullable HeapRange acceptChunk(
      long client, ObjectKey key, long offset, long lengthBytes, long nowNanos) {
    if (!chunkedWrites.isWriter(key, client)) {
      return null;
    }
    HeapRange range = chunkedWrites.accept(key, offset, lengthBytes);
    if (range == null) {
      abort(client, key, nowNanos);
    }
    return range;
  }

  /** A client has written all of its object. */
  void seal(long client, ObjectKey key, long nowNanos) {
    if (chunkedWrites.isWriter(key, client)) {
      if (!chunkedWrites.isWhole(key)) {
        abort(client, key, nowNanos);
        return;
      }
      chunkedWrites.remove(key);
    }
    sealPrimary(client, key, nowNanos);
    settle(nowNanos);
  }

  /** A client gives up an object before sealing it, or before it had its memory. */
  void abort(long client, ObjectKey key, long nowNanos) {
    creates.remove(create -> create.client() == client && create.key().equals(key));
    if (store.abort(StoreKeys.of(key), client) == AbortResult.ABORTED) {
      chunkedWrites.remove(key);
      freed(key, nowNanos);
      retryWaiters(key, nowNanos);
    }
    settle(nowNanos);
  }

  /** A client wants to read an object. */
  void fetch(
      long client, long correlation, StoredObject object, FetchPurpose purpose, long nowNanos) {
    CreatePriority priority = CreatePriority.of(purpose);
    fetch(new Waiter.Fetch(client, correlation, object, priority), nowNanos);
    settle(nowNanos);
  }

  /** A client ends a hold, or no longer waits for one. */
  void release(long client, ObjectKey key, long nowNanos) {
    if (!releaseHold(client, key, nowNanos)) {
      Waiter.Fetch waiting = waiters.removeFetch(key, client);
      if (waiting != null) {
        effects.add(answers.failed(client, waiting.correlation(), key, answers.notWanted(key)));
        dropUnwanted(key);
      }
    }
    settle(nowNanos);
  }

  /** A process says that a hold in shared memory has ended that was waited for. */
  void noticed(long nowNanos) {
    creates.progress(nowNanos);
    lookForHolds(nowNanos);
  }

  /** Holds in shared memory may have ended, of processes that don't say so. */
  void lookForHolds(long nowNanos) {
    store.noticed().forEach(key -> freed(StoreKeys.from(key), nowNanos));
    settle(nowNanos);
  }

  /** Owners free their objects. */
  void free(List<ObjectKey> keys, long nowNanos) {
    free(keys, answers::freed, nowNanos);
    settle(nowNanos);
  }

  /** A process is dead, or a node if it is a raylet's address. */
  void processDied(long address, long nowNanos) {
    if (sharesMemory.remove(address) != null) {
      clientGone(address, nowNanos);
    }
    Set<ObjectKey> orphans = new LinkedHashSet<>(owners.die(address));
    pulls.keys().stream().filter(key -> isOrphan(key, address)).forEach(orphans::add);
    waiters.keys().stream().filter(key -> isOrphan(key, address)).forEach(orphans::add);
    creates.keys().stream().filter(key -> isOrphan(key, address)).forEach(orphans::add);
    free(orphans, answers::ownerDied, nowNanos);
    if (ProcessAddress.isRaylet(address)) {
      pulls.nodeDied(ProcessAddress.node(address), nowNanos);
    }
    settle(nowNanos);
  }

  /** Where the objects of a node can be had. */
  void nodeAdded(int node, String dataAddress, long nowNanos) {
    pulls.nodeAdded(node, dataAddress);
    settle(nowNanos);
  }

  /** Another node wants to read a part of an object; answered under the ticket. */
  void serve(long ticket, PartRequest request, long nowNanos) {
    serving.serve(ticket, request, nowNanos);
    settle(nowNanos);
  }

  /** Another node has read the part, or has gone. */
  void closeServe(long ticket, ObjectKey key, long nowNanos) {
    ServeTable.Serve serve = serves.end(ticket);
    if (serve == null) {
      if (waiters.removeServe(key, ticket)) {
        dropUnwanted(key);
      }
    } else if (serve.isHeld()) {
      releaseHold(self, key, nowNanos);
    } else if (serves.canGiveBack(key)) {
      abortPull(key, nowNanos);
      retryWaiters(key, nowNanos);
    }
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.Populate} is done. */
  void populated(PopulateResult result, long nowNanos) {
    creates.populated(result, nowNanos);
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.StartTransfer} is done: nobody writes to its range any more. */
  void transferEnded(ObjectKey key, int attempt, PullOutcome outcome, long nowNanos) {
    pulls.transferEnded(key, attempt, outcome, nowNanos);
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.Spill} is done. */
  void spilled(SpillBatch batch, SpillWrite result, long nowNanos) {
    spiller.written(batch, result, nowNanos);
    creates.progress(nowNanos);
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.Restore} is done: nobody writes to its range any more. */
  void restored(SpillSlot slot, SpillRead result, long nowNanos) {
    ObjectKey key = StoreKeys.from(slot.key());
    restorer.ended(slot);
    switch (result) {
      case SpillRead.Complete _ -> {
        if (seal(self, key, false, nowNanos)) {
          answerWaiters(key, nowNanos);
        }
      }
      case SpillRead.Failed(String reason) -> {
        effects.add(new ObjectEffect.Warn(reason));
        if (spilled.drop(slot.key())) {
          effects.add(answers.locationRemoved(key));
        }
        if (store.abort(slot.key(), self) == AbortResult.ABORTED) {
          freed(key, nowNanos);
        }
        retryWaiters(key, nowNanos);
      }
    }
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.CompactSpill} is done. */
  void compacted(SpillCompaction compaction, SpillWrite result, long nowNanos) {
    spiller.compacted(compaction, result);
    settle(nowNanos);
  }

  /** An {@link ObjectEffect.DeleteSpill} is done. */
  void spillDeleted(SpillFile file, long nowNanos) {
    spiller.deleted(file);
    settle(nowNanos);
  }

  /** A client says what makes the object that it is about to create; empty for nothing. */
  void noteCallSite(ObjectKey key, String callSite) {
    if (callSites.add(key, callSite)) {
      // What is spilled is among the owners' objects too.
      Set<ObjectKey> known = owners.keys();
      known.addAll(creates.keys());
      known.add(key);
      callSites.keepOnly(known);
    }
  }

  /** The store's figures and its largest objects, for people. */
  NodeMemoryReport.Builder listing(int objectCountMax) {
    return new ObjectListing(store, spilled, callSites).of(creates.size(), objectCountMax);
  }

  /** The processes that own objects here. */
  List<Long> owners() {
    return owners.owners();
  }

  ObjectUsage usage() {
    StoreUsage usage = store.usage();
    SpillUsage onDisk = spilled.usage();
    return new ObjectUsage(
        usage.heap().capacityBytes(),
        usage.heap().usedBytes(),
        usage.objectCount(),
        usage.pinnedBytes(),
        usage.heldBytes() + usage.evictableBytes(),
        creates.size(),
        pulls.size(),
        pulls.bytesInFlight(),
        onDisk.objectCount(),
        onDisk.liveBytes(),
        onDisk.fileBytes());
  }

  private void settle(long nowNanos) {
    while (true) {
      PullAction action = pulls.poll();
      if (action != null) {
        carryOut(action, nowNanos);
        continue;
      }
      CreateQueue.Step step = creates.step(spiller.isWriting(), nowNanos);
      if (step == null) {
        spiller.step(creates.starvedBytes(), nowNanos);
        return;
      }
      carryOut(step, nowNanos);
    }
  }

  private void carryOut(PullAction action, long nowNanos) {
    ObjectKey key = action.key();
    switch (action) {
      case PullAction.Reserve reserve ->
          creates.add(
              new WaitingCreate(
                  key, reserve.sizeBytes(), self, 0, nowNanos, waiters.priority(key)));
      case PullAction.Start start -> effects.add(start.in(pullRange(key)));
      case PullAction.Cancel cancel ->
          effects.add(new ObjectEffect.CancelTransfer(key, cancel.attempt()));
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
        failWaiters(
            key, answers.failure(FailureKind.OBJECT_LOST, "Object can't be pulled: " + reason));
      }
    }
  }

  private void pulled(ObjectKey key, long stamp, long nowNanos) {
    if (store.state(StoreKeys.of(key)) == ObjectState.CANCELLED) {
      giveBack(key, nowNanos);
      failWaiters(key, answers.freed(key));
      return;
    }
    pullRanges.remove(key);
    serves.pulled(key, stamp);
    if (seal(self, key, false, nowNanos)) {
      effects.add(answers.locationAdded(key, false));
      answerWaiters(key, nowNanos);
    }
  }

  private void carryOut(CreateQueue.Step step, long nowNanos) {
    switch (step) {
      case CreateQueue.Step.Populate(HeapRange extent) ->
          effects.add(new ObjectEffect.Populate(extent));
      case CreateQueue.Step.Granted(WaitingCreate create, HeapRange range) ->
          granted(create, range, nowNanos);
      case CreateQueue.Step.Taken taken -> taken(taken, nowNanos);
      case CreateQueue.Step.AskToYield(WaitingCreate create) ->
          sharesMemory
              .keySet()
              .forEach(client -> effects.add(answers.yieldArguments(client, create)));
      case CreateQueue.Step.Refused refused -> {
        ObjectKey key = refused.create().key();
        Failure failure = answers.full(key, refused.report(), store, spilled.usage(), callSites);
        if (refused.create().client() == self) {
          selfRefused(key);
          failWaiters(key, failure);
        } else {
          fail(refused.create(), failure);
        }
      }
    }
  }

  private void granted(WaitingCreate create, HeapRange range, long nowNanos) {
    ObjectKey key = create.key();
    owners.add(key);
    if (create.client() == self && restorer.isWaiting(key)) {
      restorer.granted(key, range);
      return;
    }
    // A new object has no use for the copy of an earlier attempt of its task.
    restorer.cancel(key);
    spiller.forget(key);
    serves.forget(key);
    if (create.client() == self) {
      pullRanges.put(key, range);
      pulls.roomGranted(key, nowNanos);
      return;
    }
    if (!isSharingMemory(create.client())) {
      chunkedWrites.begin(key, create.client(), range);
    }
    effects.add(answers.created(create.client(), create.correlation(), key, range));
  }

  /** The key of a new object is in use: by a copy that came otherwise, or by an earlier attempt. */
  private void taken(CreateQueue.Step.Taken taken, long nowNanos) {
    WaitingCreate create = taken.create();
    ObjectKey key = create.key();
    ObjectState state = taken.existing().state();
    if (create.client() == self) {
      selfRefused(key);
      switch (state) {
        case SEALED -> answerWaiters(key, nowNanos);
        case CANCELLED, DELETING -> failWaiters(key, answers.freed(key));
        case CREATED, ABSENT -> {}
      }
    } else if (state == ObjectState.SEALED) {
      // The task that made it runs again, so its owner has no use for the old copy.
      spiller.forget(key);
      if (store.delete(StoreKeys.of(key)) == DeleteResult.FREED) {
        freed(key, nowNanos);
        creates.addFirst(create);
      } else {
        refuse(create, "Object exists and is being read: id=" + key);
      }
    } else if (state == ObjectState.CREATED
        && taken.existing().writerId() == create.client()
        && taken.existing().range().sizeBytes() == create.sizeBytes()) {
      effects.add(
          answers.created(create.client(), create.correlation(), key, taken.existing().range()));
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

  private void selfRefused(ObjectKey key) {
    if (restorer.isWaiting(key)) {
      restorer.cancel(key);
    } else {
      pulls.roomRefused(key);
    }
  }

  private void sealPrimary(long writer, ObjectKey key, long nowNanos) {
    if (seal(writer, key, true, nowNanos)) {
      spiller.sealed(key, store.sizeBytes(StoreKeys.of(key)));
      pulls.drop(key);
      // A worker may die before its answer has told the owner where the result is.
      if (writer != key.owner()) {
        effects.add(answers.locationAdded(key, true));
      }
      answerWaiters(key, nowNanos);
    }
  }

  private boolean seal(long writer, ObjectKey key, boolean isPrimary, long nowNanos) {
    switch (store.seal(StoreKeys.of(key), writer, isPrimary)) {
      case SEALED -> {
        serving.sealed(key);
        if (!owners.isDead(key.owner())) {
          return true;
        }
        free(List.of(key), answers::ownerDied, nowNanos);
      }
      case CANCELLED -> {
        freed(key, nowNanos);
        failWaiters(key, answers.freed(key));
      }
      case ALREADY_SEALED, NOT_FOUND, NOT_WRITER -> {}
    }
    return false;
  }

  private void fetch(Waiter.Fetch fetch, long nowNanos) {
    ObjectKey key = ObjectKey.of(fetch.object().getId());
    if (owners.isDead(key.owner())) {
      fail(fetch, key, answers.ownerDied(key));
      return;
    }
    switch (store.hold(StoreKeys.of(key), fetch.client())) {
      case HoldResult.Ready(HeapRange range) -> {
        spiller.used(key);
        answer(fetch, key, range);
      }
      case HoldResult.NotSealed _ -> {
        waiters.add(key, fetch);
        if (pulls.isPulling(key)) {
          wantPull(key, fetch.object(), nowNanos);
        }
      }
      case HoldResult.NotFound _ -> {
        if (restorer.isRestorable(key, store)) {
          waiters.add(key, fetch);
          restorer.want(key, fetch.priority(), nowNanos);
        } else if (store.state(StoreKeys.of(key)) == ObjectState.ABSENT) {
          waiters.add(key, fetch);
          // A local writer in line comes before the pull of another copy.
          creates.raise(key, fetch.priority());
          wantPull(key, fetch.object(), nowNanos);
        } else {
          fail(fetch, key, answers.freed(key));
        }
      }
    }
  }

  private void wantPull(ObjectKey key, StoredObject object, long nowNanos) {
    List<Integer> nodes = object.getLocationsList().stream().map(ProcessAddress::node).toList();
    pulls.want(key, object.getSizeBytes(), nodes, nowNanos);
  }

  private void answerWaiters(ObjectKey key, long nowNanos) {
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

  private void answer(Waiter.Fetch fetch, ObjectKey key, HeapRange range) {
    effects.add(
        isSharingMemory(fetch.client())
            ? answers.available(fetch.client(), fetch.correlation(), key, range)
            : new ObjectEffect.Stream(fetch.client(), fetch.correlation(), key, range));
  }

  private void failWaiters(ObjectKey key, Failure failure) {
    for (Waiter waiter : waiters.take(key)) {
      switch (waiter) {
        case Waiter.Fetch fetch -> fail(fetch, key, failure);
        case Waiter.Serve serve ->
            effects.add(new ObjectEffect.RefuseServe(serve.ticket(), failure));
      }
    }
  }

  /** The writer that they waited for is gone: perhaps another node has the object. */
  private void retryWaiters(ObjectKey key, long nowNanos) {
    for (Waiter waiter : waiters.take(key)) {
      switch (waiter) {
        case Waiter.Fetch fetch -> fetch(fetch, nowNanos);
        case Waiter.Serve serve -> serving.refuse(serve.ticket(), key);
      }
    }
  }

  private void free(
      Collection<ObjectKey> keys, Function<ObjectKey, Failure> reason, long nowNanos) {
    for (ObjectKey key : keys) {
      Failure failure = reason.apply(key);
      creates
          .remove(create -> create.key().equals(key) && create.client() != self)
          .forEach(create -> fail(create, failure));
      failWaiters(key, failure);
      pulls.drop(key);
      if (restorer.drop(key)) {
        store.abort(StoreKeys.of(key), self);
        creates.progress(nowNanos);
      }
      spiller.forget(key);
    }
    store
        .deleteAll(keys.stream().map(StoreKeys::of).toList())
        .forEach(key -> freed(StoreKeys.from(key), nowNanos));
    keys.stream()
        .filter(key -> store.state(StoreKeys.of(key)) == ObjectState.ABSENT)
        .forEach(this::forgetUnlessSpilled);
  }

  private void clientGone(long client, long nowNanos) {
    creates.remove(create -> create.client() == client);
    List<ObjectKey> noLongerWanted = waiters.removeClient(client);
    ClientGone gone = store.clientGone(client);
    creates.progress(nowNanos);
    for (io.mobula.store.ObjectKey storeKey : gone.freed()) {
      freed(StoreKeys.from(storeKey), nowNanos);
    }
    for (io.mobula.store.ObjectKey storeKey : gone.aborted()) {
      ObjectKey key = StoreKeys.from(storeKey);
      chunkedWrites.remove(key);
      freed(key, nowNanos);
      retryWaiters(key, nowNanos);
    }
    noLongerWanted.forEach(this::dropUnwanted);
  }

  private void dropUnwanted(ObjectKey key) {
    if (!waiters.hasFetch(key)) {
      pulls.drop(key);
    }
    if (!waiters.has(key)) {
      restorer.cancel(key);
    }
  }

  private boolean releaseHold(long client, ObjectKey key, long nowNanos) {
    ReleaseResult result = store.release(StoreKeys.of(key), client);
    if (result == ReleaseResult.FREED) {
      freed(key, nowNanos);
    } else if (result == ReleaseResult.RELEASED) {
      creates.progress(nowNanos);
    }
    return result != ReleaseResult.NOT_HELD;
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
    if (store.abort(StoreKeys.of(key), self) == AbortResult.ABORTED) {
      freed(key, nowNanos);
    }
  }

  private void freed(ObjectKey key, long nowNanos) {
    forgetUnlessSpilled(key);
    creates.progress(nowNanos);
  }

  private void onEvicted(ObjectKey key) {
    if (forgetUnlessSpilled(key)) {
      effects.add(answers.locationRemoved(key));
    }
  }

  /** A copy's memory is free; returns whether nothing is left of it on disk either. */
  private boolean forgetUnlessSpilled(ObjectKey key) {
    if (spilled.contains(StoreKeys.of(key))) {
      return false;
    }
    owners.remove(key);
    serves.forget(key);
    return true;
  }

  private void effect(ObjectEffect effect) {
    effects.add(effect);
  }

  private void fail(Waiter.Fetch fetch, ObjectKey key, Failure failure) {
    effects.add(answers.failed(fetch.client(), fetch.correlation(), key, failure));
  }

  private void fail(WaitingCreate create, Failure failure) {
    effects.add(answers.failed(create.client(), create.correlation(), create.key(), failure));
  }

  private void refuse(WaitingCreate create, String message) {
    refuse(create.client(), create.correlation(), create.key(), message);
  }

  private void refuse(long client, long correlation, ObjectKey key, String message) {
    Failure failure = answers.failure(FailureKind.INVALID, message);
    effects.add(answers.failed(client, correlation, key, failure));
  }

  private boolean isSharingMemory(long client) {
    return Boolean.TRUE.equals(sharesMemory.get(client));
  }

  private HeapRange pullRange(ObjectKey key) {
    HeapRange range = pullRanges.get(key);
    if (range == null) {
      throw new IllegalStateException("Object to be pulled has no memory: key=" + key);
    }
    return range;
  }

  private static boolean isOrphan(ObjectKey key, long dead) {
    return ProcessAddress.diesWith(key.owner(), dead);
  }

  /** What the spiller needs of this table. */
  private final class SpillDesk implements Spiller.Desk {
    @Override
    public void effect(ObjectEffect effect) {
      effects.add(effect);
    }

    @Override
    public void evicted(ObjectKey key) {
      onEvicted(key);
    }

    @Override
    public void release(ObjectKey key, long nowNanos) {
      releaseHold(self, key, nowNanos);
    }
  }
}
