package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.heap.HeapAllocation;
import io.mobula.store.heap.HeapBlock;
import io.mobula.store.heap.HeapUsage;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.heap.StoreHeap;
import io.mobula.store.hold.SharedIndex;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.ObjectTransitions.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one store, and who uses them.
 *
 * <p>Belongs to one thread. It decides and counts; it touches no byte of the store, sends no
 * message and reads no clock. Of several requests with the same meaning the later ones have no
 * effect, and the answer says so.
 *
 * <p>How it works: a client creates an object, writes it and seals it. From then on clients may
 * hold it; each hold is released once. An object's memory is freed when its owner deletes it and
 * nobody holds or writes it, or when its memory is needed and it is a secondary copy (not pinned)
 * that nobody holds, the least recently used first. A client that ends gives up everything at once.
 * {@link ObjectTransitions} is the complete list of what may happen.
 *
 * <p>A hold is counted here, or is an entry in shared memory of which this table hears only when it
 * asks, or when {@link #noticed} says that one has ended. A sealed object is found there until it
 * is deleted or evicted; it is then withdrawn first, and its memory freed if nobody holds it.
 *
 * <p>A client may also lease a chunk of memory ({@link #leaseChunk}) and put objects there by
 * itself. This table hears of one when it looks ({@link #takeChunked}); from then on it is as if
 * the client had created it the usual way, and had yet to seal it.
 *
 * <p>Clients are known from {@link #clientJoined} to {@link #clientGone}. A request of any other
 * client is a bug of the caller, because nothing would ever end its holds. The store's owner is a
 * client like others where it writes or reads an object itself.
 */
public final class StoreTable {

  private final StoreHeap heap;
  private final Map<StoreKey, StoreEntry> entries = new LinkedHashMap<>();
  private final Map<Long, ClientEntry> clients = new LinkedHashMap<>();
  private final UsageLedger ledger = new UsageLedger();
  private final SharedReads shared;
  private final ChunkTable chunks;

  /** A table without objects, for a new store of this layout that is read only by asking. */
  public StoreTable(StoreLayout layout) {
    this(layout, SharedIndex.none());
  }

  /** A table without objects, for a new store of this layout with this index, which is empty. */
  public StoreTable(StoreLayout layout, SharedIndex index) {
    this.heap = new StoreHeap(layout);
    this.shared = new SharedReads(index);
    this.chunks = new ChunkTable(heap);
  }

  /** Makes a client known. */
  public void clientJoined(long clientId) {
    if (clients.putIfAbsent(clientId, new ClientEntry(clientId)) != null) {
      throw new IllegalStateException("Client has joined before: clientId=" + clientId);
    }
  }

  /** Asks for memory for a new object, evicting secondary copies if need be. */
  public CreateResult create(StoreKey key, long sizeBytes, long clientId) {
    client(clientId);
    StoreEntry existing = entries.get(key);
    if (existing != null) {
      apply(existing, ObjectEvent.CREATE);
      return new CreateResult.AlreadyExists(existing.state, existing.range, existing.writerId);
    }
    EvictionPass eviction = new EvictionPass(ledger.evictionOrder(), shared);
    CreateResult result = allocate(key, sizeBytes, clientId, eviction);
    eviction.end();
    return result;
  }

  private CreateResult allocate(
      StoreKey key, long sizeBytes, long clientId, EvictionPass eviction) {
    List<StoreKey> evicted = new ArrayList<>();
    while (true) {
      switch (heap.allocate(sizeBytes)) {
        case HeapAllocation.Fits(HeapBlock block) -> {
          StoreEntry entry = new StoreEntry(key, sizeBytes, block, clientId);
          apply(entry, ObjectEvent.CREATE);
          return new CreateResult.Allocated(entry.range, List.copyOf(evicted));
        }
        case HeapAllocation.Grow grow -> {
          return new CreateResult.NeedsPopulate(grow.extent(), List.copyOf(evicted));
        }
        case HeapAllocation.Growing growing -> {
          return new CreateResult.AwaitsPopulate(growing.extent(), List.copyOf(evicted));
        }
        case HeapAllocation.NoRoom _ -> {
          StoreEntry victim = canEvictFor(sizeBytes) ? eviction.next() : null;
          if (victim == null) {
            FullReport report = new FullReport(sizeBytes, usage(), heap.isGrowthStopped());
            return new CreateResult.Full(report, List.copyOf(evicted));
          }
          apply(victim, ObjectEvent.EVICT);
          evicted.add(victim.key);
        }
      }
    }
  }

  /**
   * Has the store grow before anybody needs the memory, so that it need not be waited for.
   *
   * @param aheadBytes how much free memory there should be
   * @return what to populate and report with {@link #populateFinished}; null if nothing
   */
  public @Nullable HeapRange growAhead(long aheadBytes) {
    return heap.growAhead(aheadBytes);
  }

  /** Takes the memory that a {@link CreateResult.NeedsPopulate} asked for, or its failure. */
  public void populateFinished(PopulateResult result) {
    heap.populateFinished(result);
  }

  /**
   * Lets the store grow again after a failure to populate. Until then it makes do with what it has.
   */
  public void resumeGrowth() {
    heap.resumeGrowth();
  }

  /**
   * Completes an object that this client created.
   *
   * @param isPinned whether it is the primary copy, which must not be evicted
   */
  public SealResult seal(StoreKey key, long clientId, boolean isPinned) {
    client(clientId);
    StoreEntry entry = entries.get(key);
    ObjectState before = state(entry);
    if (entry != null && entry.isWriting() && entry.writerId != clientId) {
      return SealResult.NOT_WRITER;
    }
    apply(entry, ObjectEvent.SEAL);
    if (before == ObjectState.CREATED && isPinned) {
      apply(entry, ObjectEvent.PIN);
    }
    return switch (before) {
      case ABSENT -> SealResult.NOT_FOUND;
      case CREATED -> SealResult.SEALED;
      case CANCELLED -> SealResult.CANCELLED;
      case SEALED, DELETING -> SealResult.ALREADY_SEALED;
    };
  }

  /** Gives up an object that this client created and has not sealed. */
  public AbortResult abort(StoreKey key, long clientId) {
    client(clientId);
    StoreEntry entry = entries.get(key);
    ObjectState before = state(entry);
    if (entry != null && entry.isWriting() && entry.writerId != clientId) {
      return AbortResult.NOT_WRITER;
    }
    apply(entry, ObjectEvent.ABORT);
    return switch (before) {
      case ABSENT -> AbortResult.NOT_FOUND;
      case CREATED, CANCELLED -> AbortResult.ABORTED;
      case SEALED, DELETING -> AbortResult.ALREADY_SEALED;
    };
  }

  /** A client has a chunk log of its own from now on, and may lease chunks. */
  public void chunkLogGiven(long clientId, ChunkLog log) {
    chunks.logGiven(clientId, log);
  }

  /**
   * No process can write to this log any more, nor to what it leased. Call it after {@link
   * #clientGone}.
   */
  public void chunkLogEnded(ChunkLog log) {
    chunks.logEnded(log);
  }

  /**
   * Leases a chunk to a client, of memory that is free.
   *
   * @param sizeBytes a multiple of 64, at most {@link
   *     io.mobula.store.chunk.ChunkLayout#CHUNK_BYTES_MAX}
   * @return null if there is no such memory, or the client has no log, or has a chunk already
   */
  public @Nullable ChunkLease leaseChunk(long clientId, long sizeBytes) {
    client(clientId);
    return chunks.lease(clientId, sizeBytes);
  }

  /** The clients that lease a chunk, or are writing into one that has been closed. */
  public List<Long> chunkClients() {
    return chunks.clients();
  }

  /** How many objects a client has put into its chunk so far; -1 if it has no chunk. */
  public int chunkedCount(long clientId) {
    return chunks.objectCount(clientId);
  }

  /**
   * Enters the objects that a client has put into its chunk since the last call. They are written,
   * and must be sealed in the client's name now. One whose key is in use is dropped.
   */
  public List<StoreKey> takeChunked(long clientId) {
    List<StoreKey> entered = new ArrayList<>();
    for (Chunk.Sealed sealed : chunks.take(clientId)) {
      if (entries.containsKey(sealed.key())) {
        heap.free(sealed.block());
      } else {
        StoreEntry entry =
            new StoreEntry(sealed.key(), sealed.sizeBytes(), sealed.block(), clientId);
        apply(entry, ObjectEvent.CREATE);
        entered.add(entry.key);
      }
    }
    return entered;
  }

  /**
   * Ends a client's chunk. What it has not used is free at once, and it gets no more from there.
   */
  public void closeChunk(long clientId) {
    chunks.close(clientId);
  }

  /** Ends all chunks; returns whether memory came free by that. */
  public boolean closeChunks() {
    long usedBytes = heap.usage().usedBytes();
    chunks.clients().forEach(chunks::close);
    return heap.usage().usedBytes() < usedBytes;
  }

  /** Holds a sealed object for a client, once more if it holds it already. */
  public HoldResult hold(StoreKey key, long clientId) {
    ClientEntry client = client(clientId);
    StoreEntry entry = entries.get(key);
    ObjectAction action = apply(entry, ObjectEvent.HOLD);
    if (entry == null) {
      return new HoldResult.NotFound();
    }
    if (action == ObjectAction.ADD_HOLD) {
      client.addHold(entry);
      return new HoldResult.Ready(entry.range);
    }
    return entry.state == ObjectState.CREATED
        ? new HoldResult.NotSealed()
        : new HoldResult.NotFound();
  }

  /** Releases one hold of a client. */
  public ReleaseResult release(StoreKey key, long clientId) {
    ClientEntry client = client(clientId);
    StoreEntry entry = entries.get(key);
    if (entry == null || client.holdCount(key) == 0) {
      apply(entry, ObjectEvent.RELEASE_UNHELD);
      return ReleaseResult.NOT_HELD;
    }
    dropHold(entry, client);
    return entry.state == ObjectState.ABSENT ? ReleaseResult.FREED : ReleaseResult.RELEASED;
  }

  /** Frees an object, at once or as soon as nobody writes or holds it. */
  public DeleteResult delete(StoreKey key) {
    StoreEntry entry = entries.get(key);
    if (entry == null) {
      apply(null, ObjectEvent.DELETE_UNHELD);
      return DeleteResult.NOT_FOUND;
    }
    if (entry.state == ObjectState.SEALED) {
      shared.withdraw(entry);
      delete(entry, entry.holdCount > 0 || shared.isHeld(entry));
    } else {
      delete(entry, entry.state == ObjectState.DELETING);
    }
    return entry.state == ObjectState.ABSENT ? DeleteResult.FREED : DeleteResult.DEFERRED;
  }

  /**
   * Frees objects as {@link #delete} does, and asks for holds in shared memory once for all.
   *
   * @return those whose memory is free now
   */
  public List<StoreKey> deleteAll(Collection<StoreKey> keys) {
    List<StoreKey> freed = new ArrayList<>();
    Set<StoreEntry> sealed = new LinkedHashSet<>();
    for (StoreKey key : keys) {
      StoreEntry entry = entries.get(key);
      if (entry == null || entry.state != ObjectState.SEALED) {
        delete(key);
      } else if (sealed.add(entry)) {
        shared.withdraw(entry);
      }
    }
    Set<StoreEntry> held = shared.held(sealed);
    for (StoreEntry entry : sealed) {
      delete(entry, entry.holdCount > 0 || held.contains(entry));
      if (entry.state == ObjectState.ABSENT) {
        freed.add(entry.key);
      }
    }
    return List.copyOf(freed);
  }

  /**
   * Holds in shared memory have ended: a client says so, or is gone with its hold table.
   *
   * @return the deleted objects that nobody holds any more; their memory is free now
   */
  public List<StoreKey> noticed() {
    List<StoreKey> freed = new ArrayList<>();
    for (StoreEntry entry : shared.takeDrained()) {
      apply(entry, ObjectEvent.DRAIN);
      freed.add(entry.key);
    }
    return List.copyOf(freed);
  }

  /** Makes a sealed object the primary copy; returns whether it is one now. */
  public boolean pin(StoreKey key) {
    StoreEntry entry = entries.get(key);
    apply(entry, ObjectEvent.PIN);
    return entry != null && entry.isPinned;
  }

  /** Makes a sealed object a secondary copy; returns whether it is one now. */
  public boolean unpin(StoreKey key) {
    StoreEntry entry = entries.get(key);
    apply(entry, ObjectEvent.UNPIN);
    return entry != null && entry.state == ObjectState.SEALED;
  }

  /**
   * Evicts secondary copies, the least recently used first, until no more than this is used.
   *
   * @return those that are gone
   */
  public List<StoreKey> evictDownTo(long usedBytes) {
    List<StoreKey> evicted = new ArrayList<>();
    EvictionPass eviction = new EvictionPass(ledger.evictionOrder(), shared);
    while (heap.usage().usedBytes() > usedBytes) {
      StoreEntry victim = eviction.next();
      if (victim == null) {
        break;
      }
      apply(victim, ObjectEvent.EVICT);
      evicted.add(victim.key);
    }
    eviction.end();
    return List.copyOf(evicted);
  }

  /**
   * Ends a client: aborts what it writes, then releases what it holds, but for its holds in shared
   * memory. Its process must be unable to write to the store by then, and to read what it has asked
   * to hold, because the memory goes to others at once. What it was writing in a chunk lingers
   * until {@link #chunkLogEnded}; what it had sealed there is to be taken before.
   */
  public ClientGone clientGone(long clientId) {
    ClientEntry client = client(clientId);
    chunks.clientGone(clientId);
    List<StoreKey> aborted = new ArrayList<>();
    for (StoreEntry entry : List.copyOf(client.writing)) {
      aborted.add(entry.key);
      apply(entry, ObjectEvent.ABORT);
    }
    int releasedHoldCount = 0;
    List<StoreKey> freed = new ArrayList<>();
    for (ClientEntry.Hold hold : List.copyOf(client.holds.values())) {
      for (int left = hold.count; left > 0; left--) {
        dropHold(hold.entry, client);
        releasedHoldCount++;
      }
      if (hold.entry.state == ObjectState.ABSENT) {
        freed.add(hold.entry.key);
      }
    }
    clients.remove(clientId);
    return new ClientGone(List.copyOf(aborted), releasedHoldCount, List.copyOf(freed));
  }

  /** The state of an object. */
  public ObjectState state(StoreKey key) {
    return state(entries.get(key));
  }

  /** The size of an object; 0 if there is none. */
  public long sizeBytes(StoreKey key) {
    StoreEntry entry = entries.get(key);
    return entry == null ? 0 : entry.range.sizeBytes();
  }

  /** The store's figures. */
  public StoreUsage usage() {
    HeapUsage heapUsage = heap.usage();
    return new StoreUsage(
        heapUsage,
        entries.size(),
        ledger.bytes(UsageClass.UNSEALED),
        ledger.bytes(UsageClass.PINNED),
        ledger.bytes(UsageClass.HELD),
        ledger.bytes(UsageClass.DELETING),
        ledger.bytes(UsageClass.EVICTABLE),
        chunks.bytes());
  }

  /** The largest objects, largest first, at a cost of all objects and holds. */
  public List<ObjectReport> largestObjects(int countMax) {
    return StoreRanking.largestObjects(
        entries.values(), clients.values(), shared.holders(), countMax);
  }

  /** The clients that use the most memory, the first most, at a cost of all holds. */
  public List<HolderReport> largestHolders(int countMax) {
    return StoreRanking.largestHolders(clients.values(), countMax);
  }

  /**
   * Checks every invariant, at a cost of everything.
   *
   * @throws IllegalStateException if one is broken
   */
  public void verify() {
    heap.verify();
    shared.verify(entries.values());
    ledger.verify(entries.values());
    StoreRanking.verifyHolds(entries.values(), clients.values());
    StoreUsage usage = usage();
    long sumBytes =
        chunks.bytes()
            + entries.values().stream().mapToLong(entry -> entry.block.sizeBytes()).sum();
    if (sumBytes != usage.heap().usedBytes()) {
      throw new IllegalStateException(
          "Used bytes are not those of the objects: sumBytes=" + sumBytes + ", usage=" + usage);
    }
  }

  private boolean canEvictFor(long sizeBytes) {
    HeapUsage now = heap.usage();
    long obtainableBytes =
        now.freeBytes() + now.ungrownBytes() + ledger.bytes(UsageClass.EVICTABLE);
    return ledger.evictionOrder().first() != null && heap.blockBytes(sizeBytes) <= obtainableBytes;
  }

  private void delete(StoreEntry entry, boolean isHeld) {
    apply(entry, isHeld ? ObjectEvent.DELETE_HELD : ObjectEvent.DELETE_UNHELD);
    if (entry.state == ObjectState.DELETING) {
      shared.awaitHolders(entry);
    }
  }

  private void dropHold(StoreEntry entry, ClientEntry client) {
    client.dropHold(entry);
    boolean isHeld =
        entry.holdCount > 1 || (entry.state == ObjectState.DELETING && shared.isHeld(entry));
    apply(entry, isHeld ? ObjectEvent.RELEASE : ObjectEvent.RELEASE_LAST);
  }

  private ObjectAction apply(@Nullable StoreEntry entry, ObjectEvent event) {
    Row row = ObjectTransitions.on(state(entry), event);
    if (entry != null) {
      entry.state = row.next();
      perform(row.action(), entry);
    }
    return row.action();
  }

  private void perform(ObjectAction action, StoreEntry entry) {
    switch (action) {
      case NONE -> {}
      case ENTER -> {
        entries.put(entry.key, entry);
        client(entry.writerId).writing.add(entry);
      }
      case PUBLISH -> {
        client(entry.writerId).writing.remove(entry);
        shared.publish(entry);
      }
      case ADD_HOLD -> entry.holdCount++;
      case DROP_HOLD -> entry.holdCount--;
      case SET_PIN -> entry.isPinned = true;
      case CLEAR_PIN -> entry.isPinned = false;
      case FREE -> free(entry);
    }
    if (action != ObjectAction.FREE) {
      ledger.update(entry);
    }
  }

  private void free(StoreEntry entry) {
    ClientEntry writer = clients.get(entry.writerId);
    if (writer != null) {
      writer.writing.remove(entry);
    }
    entries.remove(entry.key);
    shared.remove(entry);
    ledger.remove(entry);
    heap.free(entry.block);
  }

  private ClientEntry client(long clientId) {
    ClientEntry client = clients.get(clientId);
    if (client == null) {
      throw new IllegalStateException("Client has not joined, or is gone: clientId=" + clientId);
    }
    return client;
  }

  private static ObjectState state(@Nullable StoreEntry entry) {
    return entry == null ? ObjectState.ABSENT : entry.state;
  }
}
