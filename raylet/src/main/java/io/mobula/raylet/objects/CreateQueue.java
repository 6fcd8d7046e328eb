package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.table.CreateResult;
import io.mobula.store.table.FullReport;
import io.mobula.store.table.StoreTable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives objects their memory, in an order in which nobody waits for ever.
 *
 * <p>Belongs to one thread. {@link CreateLines} says whose turn it is. While the store grows, or is
 * full but memory comes free, all others wait behind that one, so that a large object is not
 * overtaken for ever by small ones. When for {@link #PATIENCE_NANOS} nothing came free, it may be
 * that those who hold memory wait for others in line: then whoever fits may go first.
 *
 * <p>When after {@link #STARVING_NANOS} still nothing came free, the arguments held for tasks that
 * have not started may stand in each other's way, or in that of results: their processes are asked
 * to let go of them, but for the task that waits for the first in line.
 *
 * <p>A full store fails a request only if it never could hold the object, or if for a stated time
 * nothing was freed, released or failed, and nothing is on its way to disk: then waiting longer is
 * in vain.
 */
final class CreateQueue {

  static final long PATIENCE_NANOS = 50_000_000;

  /** When nothing came free for that long, processes are asked to let go of arguments. */
  static final long STARVING_NANOS = 100_000_000;

  /** How long they have to do so before they are asked again. */
  static final long YIELD_PAUSE_NANOS = 200_000_000;

  /** How long after a client came, or memory was given, memory is populated ahead. */
  static final long AHEAD_DELAY_NANOS = 1_000_000_000;

  private final StoreTable store;
  private final Consumer<ObjectKey> onEvicted;
  private final long fullTimeoutNanos;
  private final long regrowPauseNanos;
  private final CreateLines lines = new CreateLines();
  private final long aheadBytes;
  private long aheadFromNanos = Long.MAX_VALUE;
  private long aheadNowBytes;
  private boolean isPopulating;
  private boolean isRefusedGrowth;
  private boolean isFull;
  private boolean isRoomComing;
  private boolean isDiskFull;
  private long refusedNanos;
  private long progressNanos;
  private long triedOthersNanos;
  private long askedNanos;

  /**
   * @param onEvicted told of each secondary copy that is gone, whatever becomes of the request
   */
  CreateQueue(StoreTable store, ObjectConfig config, Consumer<ObjectKey> onEvicted, long nowNanos) {
    this.store = store;
    this.onEvicted = onEvicted;
    this.fullTimeoutNanos = config.fullTimeout().toNanos();
    this.aheadBytes = config.aheadBytes();
    this.regrowPauseNanos = config.regrowPause().toNanos();
    this.progressNanos = nowNanos;
    this.triedOthersNanos = nowNanos;
    this.askedNanos = nowNanos - YIELD_PAUSE_NANOS;
  }

  int size() {
    return lines.size();
  }

  /** The objects that wait. */
  List<ObjectKey> keys() {
    return lines.all().stream().map(WaitingCreate::key).toList();
  }

  void add(WaitingCreate create) {
    lines.addLast(create);
  }

  /** Puts a request that was first back to the front. */
  void addFirst(WaitingCreate create) {
    lines.addFirst(create);
  }

  /** Makes the waiting requests for an object at least that urgent. */
  void raise(ObjectKey key, CreatePriority priority) {
    lines
        .removeAll(create -> create.key().equals(key) && priority.compareTo(create.priority()) < 0)
        .forEach(create -> lines.addLast(create.withPriority(priority)));
  }

  /** Removes and returns those that match. */
  List<WaitingCreate> remove(Predicate<WaitingCreate> isRemoved) {
    return lines.removeAll(isRemoved);
  }

  /** Memory was freed or a hold released. */
  void progress(long nowNanos) {
    progressNanos = nowNanos;
  }

  /** How large the object is that finds no room; 0 if there is none. */
  long starvedBytes() {
    WaitingCreate first = lines.first(isDiskFull);
    return first == null || !isFull ? 0 : Math.max(1, first.sizeBytes());
  }

  /** What somebody wants to read and finds no room; null if there is nothing. */
  @Nullable WaitingCreate starvedReader() {
    return isFull ? lines.firstReader() : null;
  }

  /** An extent has its memory, or what came of it. */
  void populated(PopulateResult result, long nowNanos) {
    isPopulating = false;
    store.populateFinished(result);
    isRefusedGrowth = !result.isComplete();
    refusedNanos = nowNanos;
    if (result.populatedBytes() > 0) {
      progress(nowNanos);
    }
  }

  /**
   * After a pause, memory is populated ahead: not at once, because who comes, and who was given
   * memory, has something to do, and populating takes turns with those who write to the same file.
   */
  void growAheadSoon(long nowNanos) {
    if (aheadBytes > 0) {
      aheadFromNanos = nowNanos + AHEAD_DELAY_NANOS;
    }
  }

  /** Memory is wanted that nobody waits for: there should be so much that is free. */
  void growAheadNow(long freeBytes) {
    aheadNowBytes = freeBytes;
  }

  /** When {@link #step} may have something new to say; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    WaitingCreate first = lines.first(isDiskFull);
    if (isPopulating) {
      return Long.MAX_VALUE;
    }
    if (first == null) {
      return aheadFromNanos;
    }
    long nextNanos =
        isRoomComing
            ? Long.MAX_VALUE
            : Math.min(lastHopeNanos(first) + fullTimeoutNanos, askNanos(first));
    if (isRefusedGrowth) {
      nextNanos = Math.min(nextNanos, refusedNanos + regrowPauseNanos);
    }
    return lines.size() > 1 ? Math.min(nextNanos, othersNanos()) : nextNanos;
  }

  /**
   * Deals with whose turn it is; null if all must wait. Call it until it says so.
   *
   * @param isRoomComing whether objects are being written to disk
   * @param isDiskFull whether no more can be: then who reads goes before who creates
   */
  @Nullable Step step(boolean isRoomComing, boolean isDiskFull, long nowNanos) {
    this.isRoomComing = isRoomComing;
    this.isDiskFull = isDiskFull;
    while (true) {
      isFull = false;
      WaitingCreate first = lines.first(isDiskFull);
      if (first == null) {
        return growAhead(nowNanos);
      }
      CreateResult result = create(first);
      if (!(result instanceof CreateResult.Full(FullReport report, _))) {
        if (result instanceof CreateResult.Allocated) {
          progress(nowNanos);
        }
        return settled(first, result, nowNanos);
      }
      isFull = true;
      boolean isInVain = nowNanos - lastHopeNanos(first) >= fullTimeoutNanos && !isRoomComing;
      if (report.isHopeless() || isInVain) {
        lines.remove(first);
        // Its failure may make others let go of what they hold.
        progress(nowNanos);
        return new Step.Refused(first, report);
      }
      if (!isRoomComing && nowNanos - askNanos(first) >= 0) {
        askedNanos = nowNanos;
        return new Step.AskToYield(first);
      }
      if (!isRefusedGrowth || nowNanos - refusedNanos < regrowPauseNanos) {
        return nowNanos - othersNanos() < 0 ? null : tryOthers(first, nowNanos);
      }
      isRefusedGrowth = false;
      store.resumeGrowth();
    }
  }

  private @Nullable Step growAhead(long nowNanos) {
    if (aheadNowBytes > 0 && !isPopulating) {
      HeapRange extent = isRefusedGrowth ? null : store.growAhead(aheadNowBytes);
      aheadNowBytes = 0;
      if (extent != null) {
        isPopulating = true;
        return new Step.Populate(extent);
      }
    }
    if (isPopulating || aheadFromNanos == Long.MAX_VALUE || nowNanos - aheadFromNanos < 0) {
      return null;
    }
    if (store.usage().unsealedBytes() > 0) {
      growAheadSoon(nowNanos);
      return null;
    }
    HeapRange extent = store.growAhead(aheadBytes);
    if (extent == null) {
      aheadFromNanos = Long.MAX_VALUE;
      return null;
    }
    isPopulating = true;
    return new Step.Populate(extent);
  }

  /** Lets go first who is smaller than all that found no room. */
  private @Nullable Step tryOthers(WaitingCreate first, long nowNanos) {
    triedOthersNanos = nowNanos;
    long failedBytes = first.sizeBytes();
    boolean isNewOut = isDiskFull && lines.firstReader() != null;
    for (WaitingCreate other : lines.all()) {
      boolean mayPass = !isNewOut || other.priority() != CreatePriority.NEW;
      if (mayPass && other.sizeBytes() < failedBytes) {
        CreateResult result = create(other);
        if (!(result instanceof CreateResult.Full)) {
          // The next may try at once, as nothing that came free was taken from the first.
          triedOthersNanos = nowNanos - PATIENCE_NANOS;
          return settled(other, result, nowNanos);
        }
        failedBytes = other.sizeBytes();
      }
    }
    return null;
  }

  private CreateResult create(WaitingCreate create) {
    CreateResult result =
        store.create(StoreKeys.of(create.key()), create.sizeBytes(), create.client());
    result.evicted().forEach(key -> onEvicted.accept(StoreKeys.from(key)));
    // What processes lease and have not used is the first to go.
    return result instanceof CreateResult.Full && store.closeChunks() ? create(create) : result;
  }

  private @Nullable Step settled(WaitingCreate create, CreateResult result, long nowNanos) {
    return switch (result) {
      case CreateResult.Allocated allocated -> {
        lines.served(create);
        growAheadSoon(nowNanos);
        yield new Step.Granted(create, allocated.range());
      }
      case CreateResult.AlreadyExists existing -> {
        lines.remove(create);
        yield new Step.Taken(create, existing);
      }
      case CreateResult.NeedsPopulate grow -> {
        isPopulating = true;
        yield new Step.Populate(grow.extent());
      }
      case CreateResult.AwaitsPopulate _ -> null;
      case CreateResult.Full _ -> throw new IllegalStateException("Not settled: " + result);
    };
  }

  private long othersNanos() {
    return Math.max(progressNanos, triedOthersNanos) + PATIENCE_NANOS;
  }

  private long askNanos(WaitingCreate first) {
    return Math.max(lastHopeNanos(first) + STARVING_NANOS, askedNanos + YIELD_PAUSE_NANOS);
  }

  private long lastHopeNanos(WaitingCreate create) {
    return Math.max(create.sinceNanos(), progressNanos);
  }

  /** What became of the first in line. */
  sealed interface Step {

    /** It has its memory. */
    record Granted(WaitingCreate create, HeapRange range) implements Step {}

    /** Its key is in use. */
    record Taken(WaitingCreate create, CreateResult.AlreadyExists existing) implements Step {}

    /** It fails for want of room. */
    record Refused(WaitingCreate create, FullReport report) implements Step {}

    /** It would have room if processes let go of the arguments of tasks that have not started. */
    record AskToYield(WaitingCreate create) implements Step {}

    /** It waits for this extent, which somebody must populate. */
    record Populate(HeapRange extent) implements Step {}
  }
}
