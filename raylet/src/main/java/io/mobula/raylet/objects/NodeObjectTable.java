package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.StoredObject;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillSlot;
import io.mobula.store.spill.SpillTable;
import io.mobula.store.spill.SpillUsage;
import io.mobula.store.spill.SpillWrite;
import io.mobula.store.table.ClientGone;
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
 * adds who creates them ({@link ObjectCreation}), who reads them and waits for them ({@link
 * ObjectFetching}), who waits for room ({@link CreateQueue}), what is pulled or brought back
 * ({@link IncomingCopies}, {@link PullTable}, {@link Restorer}), served ({@link ObjectServing}) and
 * put on disk ({@link Spiller}), and who owns what ({@link OwnerIndex}). It hands each event to the
 * part that it concerns, and joins what several have a share in: a seal, the end of a copy, a
 * death. In the store's eyes the raylet is a client like others: it writes what is pulled and holds
 * what it serves to other nodes.
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
final class NodeObjectTable {

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
  private final ServeTable serves;
  private final IncomingCopies incoming;
  private final ChunkLeases chunks;
  private final ObjectCreation creation;
  private final ObjectServing serving;
  private final ObjectFetching fetching;
  private List<ObjectEffect> effects = new ArrayList<>();

  /**
   * @param self the raylet's address
   * @param store of a new store, without clients
   */
  NodeObjectTable(long self, ObjectConfig config, StoreTable store, long nowNanos) {
    this.self = self;
    this.store = store;
    this.answers = new ObjectAnswers(self);
    this.creates = new CreateQueue(store, config, this::onEvicted, nowNanos);
    this.pulls = new PullTable(ProcessAddress.node(self), config.pull());
    this.spilled = new SpillTable(config.spill().limitBytes());
    Desk desk = new Desk();
    this.spiller = new Spiller(self, config.spill(), store, spilled, desk);
    this.restorer = new Restorer(self, config.spill().readersMax(), spilled, creates, this::effect);
    this.serves = new ServeTable(ProcessAddress.node(self));
    this.incoming =
        new IncomingCopies(self, store, creates, pulls, restorer, serves, waiters, desk);
    long capacityBytes = store.usage().heap().capacityBytes();
    this.chunks = new ChunkLeases(store, creates, config.spill().markBytes(capacityBytes));
    this.creation =
        new ObjectCreation(
            self, store, creates, spiller, chunks, owners, this::isSharingMemory, answers, desk);
    this.serving =
        new ObjectServing(
            self, store, pulls, incoming, spiller, waiters, serves, owners, answers, this::effect);
    this.fetching =
        new ObjectFetching(
            store,
            incoming,
            serving,
            spiller,
            waiters,
            this::isSharingMemory,
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
        Math.min(creates.nextTimeNanos(), spiller.nextTimeNanos()),
        Math.min(
            Math.min(pulls.nextTimeNanos(), restorer.nextTimeNanos()), chunks.nextTimeNanos()));
  }

  /** The time that was waited for has come. */
  void onTime(long nowNanos) {
    pulls.onTime(nowNanos);
    restorer.onTime(nowNanos);
    store.chunkClients().forEach(client -> enterChunked(client, nowNanos));
    chunks.onTime(nowNanos);
    settle(nowNanos);
  }

  /** A process has a chunk log from now on; see {@link StoreTable#chunkLogGiven}. */
  void chunkLogGiven(long client, ChunkLog log) {
    store.chunkLogGiven(client, log);
  }

  /** No process can write to a chunk log any more. */
  void chunkLogEnded(ChunkLog log) {
    store.chunkLogEnded(log);
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
    create(client, correlation, key, sizeBytes, 0, nowNanos);
  }

  /**
   * A client wants memory for a new object.
   *
   * @param taskAttempt of the task that makes it; 0 for what is put
   */
  void create(
      long client,
      long correlation,
      ObjectKey key,
      long sizeBytes,
      int taskAttempt,
      long nowNanos) {
    // What the client has not used of a full chunk is free then.
    enterChunked(client, nowNanos);
    if (owners.isDead(key.owner())) {
      effects.add(answers.failed(client, correlation, key, answers.ownerDied(key)));
    } else {
      creation.create(
          new WaitingCreate(
              key, sizeBytes, client, correlation, nowNanos, CreatePriority.NEW, taskAttempt));
    }
    settle(nowNanos);
  }

  /**
   * A client without shared memory sends a piece of an object that it creates. Pieces come in
   * order; one that does not ends the creation.
   *
   * @return where it goes, or null if it is not wanted
   */
  @Nullable HeapRange acceptPiece(
      long client, ObjectKey key, long offset, long lengthBytes, long nowNanos) {
    if (!creation.isInPieces(client, key)) {
      return null;
    }
    HeapRange range = creation.acceptPiece(key, offset, lengthBytes);
    if (range == null) {
      abort(client, key, nowNanos);
    }
    return range;
  }

  /** A client has put objects into its chunk, or given up room there. */
  void chunked(long client, long nowNanos) {
    enterChunked(client, nowNanos);
    settle(nowNanos);
  }

  /** A client has written all of its object. */
  void seal(long client, ObjectKey key, long nowNanos) {
    if (creation.isWritten(client, key)) {
      sealPrimary(client, key, nowNanos);
    } else {
      creation.abort(client, key, nowNanos);
    }
    settle(nowNanos);
  }

  /** A client gives up an object before sealing it, or before it had its memory. */
  void abort(long client, ObjectKey key, long nowNanos) {
    creation.abort(client, key, nowNanos);
    settle(nowNanos);
  }

  /** A client wants to read an object. */
  void fetch(
      long client, long correlation, StoredObject object, FetchPurpose purpose, long nowNanos) {
    ObjectKey key = ObjectKey.of(object.getId());
    lookIntoChunks(key, nowNanos);
    if (owners.isDead(key.owner())) {
      effects.add(answers.failed(client, correlation, key, answers.ownerDied(key)));
    } else {
      CreatePriority priority = CreatePriority.of(purpose);
      fetching.fetch(new Waiter.Fetch(client, correlation, object, priority), nowNanos);
    }
    settle(nowNanos);
  }

  /** A client ends a hold, or no longer waits for one. */
  void release(long client, ObjectKey key, long nowNanos) {
    if (!releaseHold(client, key, nowNanos)) {
      fetching.cancel(client, key);
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
    keys.forEach(key -> lookIntoChunks(key, nowNanos));
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

  /**
   * What an owner was told of its objects here, and what it said of them, may have been lost. It is
   * told again of each, as of a primary copy: one that it does not know, it has freed.
   */
  void tellAgain(long owner) {
    for (ObjectKey key : owners.ownedBy(owner)) {
      if (store.state(StoreKeys.of(key)) == ObjectState.SEALED
          || spilled.contains(StoreKeys.of(key))) {
        effects.add(answers.locationAdded(key, owners.taskAttempt(key), true));
      }
    }
  }

  /** An owner asks whether this node has a copy of an object, as it was made by this attempt. */
  void askCopy(
      long from, long correlation, ObjectKey key, int taskAttempt, long sizeBytes, long nowNanos) {
    lookIntoChunks(key, nowNanos);
    effects.add(answers.copyAnswer(from, correlation, key, hasCopy(key, taskAttempt, sizeBytes)));
    settle(nowNanos);
  }

  /** An owner says where else its object is. */
  void ownerSaid(ObjectValue value, long nowNanos) {
    incoming.ownerSaid(ObjectKey.of(value.getId()), value, nowNanos);
    settle(nowNanos);
  }

  /** As {@link ObjectServing} sees it: what this says is here, that serves. */
  private boolean hasCopy(ObjectKey key, int taskAttempt, long sizeBytes) {
    StoreKey stored = StoreKeys.of(key);
    boolean isOnDisk = spilled.contains(stored);
    boolean isHere = store.state(stored) == ObjectState.SEALED || isOnDisk;
    long sizeHereBytes = isOnDisk ? spilled.sizeBytes(stored) : store.sizeBytes(stored);
    return isHere && owners.taskAttempt(key) == taskAttempt && sizeHereBytes == sizeBytes;
  }

  /** Where the objects of a node can be had. */
  void nodeAdded(int node, String dataAddress, long nowNanos) {
    pulls.nodeAdded(node, dataAddress);
    settle(nowNanos);
  }

  /** Another node wants to read a part of an object; answered under the ticket. */
  void serve(long ticket, PartRequest request, long nowNanos) {
    lookIntoChunks(request.key(), nowNanos);
    serving.serve(ticket, request, nowNanos);
    settle(nowNanos);
  }

  /** Another node has read the part, or has gone. */
  void closeServe(long ticket, ObjectKey key, long nowNanos) {
    ServeTable.Serve serve = serves.end(ticket);
    if (serve == null) {
      if (waiters.removeServe(key, ticket)) {
        incoming.unwanted(key);
      }
    } else if (serve.isHeld()) {
      releaseHold(self, key, nowNanos);
    } else {
      incoming.partRead(key, nowNanos);
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
    incoming.restored(slot, result, nowNanos);
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
        usage.objectBytes(),
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
        incoming.carryOut(action, nowNanos);
        continue;
      }
      CreateQueue.Step step = creates.step(spiller.isWriting(), spiller.isPaused(), nowNanos);
      if (step == null) {
        spiller.step(creates.starvedBytes(), creates.starvedReader(), nowNanos);
        return;
      }
      carryOut(step, nowNanos);
    }
  }

  private void carryOut(CreateQueue.Step step, long nowNanos) {
    switch (step) {
      case CreateQueue.Step.Populate(HeapRange extent) ->
          effects.add(new ObjectEffect.Populate(extent));
      case CreateQueue.Step.Granted(WaitingCreate create, HeapRange range) ->
          granted(create, range, nowNanos);
      case CreateQueue.Step.Taken taken -> {
        if (isOwn(taken.create())) {
          incoming.taken(taken.create().key(), taken.existing().state(), nowNanos);
        } else {
          creation.taken(taken, nowNanos);
        }
      }
      case CreateQueue.Step.AskToYield(WaitingCreate create) ->
          sharesMemory
              .keySet()
              .forEach(client -> effects.add(answers.yieldArguments(client, create)));
      case CreateQueue.Step.Refused refused -> {
        ObjectKey key = refused.create().key();
        Failure failure = answers.full(key, refused.report(), store, spilled.usage(), callSites);
        if (isOwn(refused.create())) {
          incoming.refused(key, failure);
        } else {
          creation.fail(refused.create(), failure);
        }
      }
    }
  }

  private void granted(WaitingCreate create, HeapRange range, long nowNanos) {
    ObjectKey key = create.key();
    if (isOwn(create) && restorer.isWaiting(key)) {
      restorer.granted(key, range);
      return;
    }
    owners.add(key, create.taskAttempt());
    // A new object has no use for the copy of an earlier attempt of its task.
    restorer.cancel(key);
    spiller.forget(key);
    serves.forget(key);
    if (isOwn(create)) {
      incoming.pullGranted(key, range, nowNanos);
    } else {
      creation.granted(create, range, nowNanos);
    }
  }

  /** What nobody has heard of may lie in a chunk: its reference can be faster than its seal. */
  private void lookIntoChunks(ObjectKey key, long nowNanos) {
    if (store.state(StoreKeys.of(key)) == ObjectState.ABSENT) {
      store.chunkClients().forEach(client -> enterChunked(client, nowNanos));
    }
  }

  /** Seals what a client has put into its chunk. */
  private void enterChunked(long client, long nowNanos) {
    for (StoreKey stored : store.takeChunked(client)) {
      ObjectKey key = StoreKeys.from(stored);
      owners.add(key, 0);
      restorer.cancel(key);
      spiller.forget(key);
      serves.forget(key);
      sealPrimary(client, key, nowNanos);
    }
  }

  private void sealPrimary(long writer, ObjectKey key, long nowNanos) {
    if (seal(writer, key, true, nowNanos)) {
      spiller.sealed(key, store.sizeBytes(StoreKeys.of(key)));
      pulls.drop(key);
      // A worker may die before its answer has told the owner where the result is.
      if (writer != key.owner()) {
        effects.add(answers.locationAdded(key, owners.taskAttempt(key), true));
      }
      fetching.answerWaiters(key, nowNanos);
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
        fetching.failWaiters(key, answers.freed(key));
      }
      case ALREADY_SEALED, NOT_FOUND, NOT_WRITER -> {}
    }
    return false;
  }

  private void free(
      Collection<ObjectKey> keys, Function<ObjectKey, Failure> reason, long nowNanos) {
    for (ObjectKey key : keys) {
      Failure failure = reason.apply(key);
      creation.ended(key, failure);
      fetching.failWaiters(key, failure);
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
    store.closeChunk(client);
    enterChunked(client, nowNanos);
    chunks.gone(client);
    creates.remove(create -> create.client() == client);
    List<ObjectKey> noLongerWanted = waiters.removeClient(client);
    ClientGone gone = store.clientGone(client);
    creates.progress(nowNanos);
    gone.freed().forEach(key -> freed(StoreKeys.from(key), nowNanos));
    gone.aborted().forEach(key -> creation.aborted(StoreKeys.from(key), nowNanos));
    noLongerWanted.forEach(incoming::unwanted);
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

  private void freed(ObjectKey key, long nowNanos) {
    forgetUnlessSpilled(key);
    creates.progress(nowNanos);
  }

  private void onEvicted(ObjectKey key) {
    int taskAttempt = owners.taskAttempt(key);
    if (forgetUnlessSpilled(key)) {
      effects.add(answers.locationRemoved(key, taskAttempt));
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

  /** Whether it is the raylet that waits. */
  private boolean isOwn(WaitingCreate create) {
    return create.client() == self;
  }

  private boolean isSharingMemory(long client) {
    return Boolean.TRUE.equals(sharesMemory.get(client));
  }

  private static boolean isOrphan(ObjectKey key, long dead) {
    return ProcessAddress.diesWith(key.owner(), dead);
  }

  /** What its parts need of this table. */
  private final class Desk implements Spiller.Desk, ObjectDesk {
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

    @Override
    public boolean seal(ObjectKey key, long nowNanos) {
      return NodeObjectTable.this.seal(self, key, false, nowNanos);
    }

    @Override
    public void freed(ObjectKey key, long nowNanos) {
      NodeObjectTable.this.freed(key, nowNanos);
    }

    @Override
    public void copyAdded(ObjectKey key) {
      effects.add(answers.locationAdded(key, owners.taskAttempt(key), false));
    }

    @Override
    public void copyGone(ObjectKey key) {
      effects.add(answers.locationRemoved(key, owners.taskAttempt(key)));
    }

    @Override
    public void arrived(ObjectKey key, long nowNanos) {
      fetching.answerWaiters(key, nowNanos);
    }

    @Override
    public void lost(ObjectKey key, Failure failure) {
      fetching.failWaiters(key, failure);
    }

    @Override
    public void lookAgain(ObjectKey key, long nowNanos) {
      fetching.retryWaiters(key, nowNanos);
    }
  }
}
