package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.table.CreateResult;
import io.mobula.store.table.FullReport;
import io.mobula.store.table.StoreTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives objects their memory, first come, first served.
 *
 * <p>Belongs to one thread. The first in line waits while the store grows or is full, and all
 * others wait behind it, so that a large object is not overtaken for ever by small ones. A full
 * store fails a request only if it never could hold the object, or if for a stated time neither was
 * memory freed nor a hold released: then waiting longer is in vain.
 */
final class CreateQueue {

  private final StoreTable store;
  private final Consumer<ObjectKey> onEvicted;
  private final long fullTimeoutNanos;
  private final long regrowPauseNanos;
  private final Deque<WaitingCreate> queue = new ArrayDeque<>();
  private boolean isPopulating;
  private boolean isRefusedGrowth;
  private long refusedNanos;
  private long progressNanos;

  /**
   * @param onEvicted told of each secondary copy that is gone, whatever becomes of the request
   */
  CreateQueue(StoreTable store, ObjectConfig config, Consumer<ObjectKey> onEvicted, long nowNanos) {
    this.store = store;
    this.onEvicted = onEvicted;
    this.fullTimeoutNanos = config.fullTimeout().toNanos();
    this.regrowPauseNanos = config.regrowPause().toNanos();
    this.progressNanos = nowNanos;
  }

  int size() {
    return queue.size();
  }

  /** The objects that wait. */
  List<ObjectKey> keys() {
    return queue.stream().map(WaitingCreate::key).toList();
  }

  void add(WaitingCreate create) {
    queue.addLast(create);
  }

  /** Puts a request that was first back to the front. */
  void addFirst(WaitingCreate create) {
    queue.addFirst(create);
  }

  /** Removes and returns those that match. */
  List<WaitingCreate> remove(Predicate<WaitingCreate> isRemoved) {
    if (queue.isEmpty()) {
      return List.of();
    }
    List<WaitingCreate> removed = new ArrayList<>();
    queue.removeIf(create -> isRemoved.test(create) && removed.add(create));
    return removed;
  }

  /** Memory was freed or a hold released. */
  void progress(long nowNanos) {
    progressNanos = nowNanos;
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

  /** When {@link #step} may have something new to say; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    WaitingCreate first = queue.peek();
    if (first == null || isPopulating) {
      return Long.MAX_VALUE;
    }
    long failNanos = lastHopeNanos(first) + fullTimeoutNanos;
    return isRefusedGrowth ? Math.min(failNanos, refusedNanos + regrowPauseNanos) : failNanos;
  }

  /** Deals with the first in line; null if it must wait. Call it until it says so. */
  @Nullable Step step(long nowNanos) {
    while (true) {
      WaitingCreate first = queue.peek();
      if (first == null) {
        return null;
      }
      CreateResult result =
          store.create(StoreKeys.of(first.key()), first.sizeBytes(), first.client());
      result.evicted().forEach(key -> onEvicted.accept(StoreKeys.from(key)));
      switch (result) {
        case CreateResult.Allocated allocated -> {
          queue.remove();
          progress(nowNanos);
          return new Step.Granted(first, allocated.range());
        }
        case CreateResult.AlreadyExists existing -> {
          queue.remove();
          return new Step.Taken(first, existing);
        }
        case CreateResult.NeedsPopulate grow -> {
          isPopulating = true;
          return new Step.Populate(grow.extent());
        }
        case CreateResult.AwaitsPopulate _ -> {
          return null;
        }
        case CreateResult.Full(FullReport report, _) -> {
          if (report.isHopeless() || nowNanos - lastHopeNanos(first) >= fullTimeoutNanos) {
            queue.remove();
            return new Step.Refused(first, report);
          }
          if (!isRefusedGrowth || nowNanos - refusedNanos < regrowPauseNanos) {
            return null;
          }
          isRefusedGrowth = false;
          store.resumeGrowth();
        }
      }
    }
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

    /** It waits for this extent, which somebody must populate. */
    record Populate(HeapRange extent) implements Step {}
  }
}
