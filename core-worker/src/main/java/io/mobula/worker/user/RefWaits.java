package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import io.mobula.api.ObjectRef;
import io.mobula.api.WaitResult;
import io.mobula.api.spi.DistinctRefs;
import io.mobula.worker.object.ObjectEntry;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for some of many refs, on user threads. Thread-safe.
 *
 * <p>A wait that must block takes its place at every object once, and leaves it there when it is
 * over: what is pending comes back as a list that knows the {@link ReadyCount}, so that the next
 * wait for it has nothing to do for each ref. The place at an object goes with the object.
 */
final class RefWaits {
  private final ObjectWaits waits;
  private final Waiting waiting;
  private final OwnHandles handles;
  private final Clock clock;

  /**
   * What a list of pending refs remembers.
   *
   * @param count has its place at all of them, and at those that are taken
   * @param takenCount how many it counted that are no longer in the list
   */
  private record Places(ReadyCount count, int takenCount) {
    /** How many of the list are ready. */
    int readyCount() {
      return count.ready() - takenCount;
    }
  }

  RefWaits(ObjectWaits waits, Waiting waiting, OwnHandles handles, Clock clock) {
    this.waits = waits;
    this.waiting = waiting;
    this.handles = handles;
    this.clock = clock;
  }

  /**
   * @param refs none twice
   */
  <T extends @Nullable Object> WaitResult<T> await(
      List<ObjectRef<T>> refs, int readyCount, ObjectWaits.Deadline deadline) {
    try {
      Places known = places(refs);
      if (known == null ? hasReady(refs, readyCount) : known.readyCount() >= readyCount) {
        return split(refs, readyCount, known);
      }
      if (known != null && known.count.tryUse()) {
        block(known, readyCount, deadline);
        return split(refs, readyCount, known);
      }
      return blockAnew(refs, readyCount, deadline);
    } finally {
      Reference.reachabilityFence(refs);
    }
  }

  private <T extends @Nullable Object> WaitResult<T> blockAnew(
      List<ObjectRef<T>> refs, int readyCount, ObjectWaits.Deadline deadline) {
    Places places = takePlaces(refs);
    boolean isOver = false;
    try {
      block(places, readyCount, deadline);
      isOver = places.readyCount() >= readyCount;
    } finally {
      if (!isOver) {
        // A program that looks again and again at the same list does not pile up places.
        refs.forEach(ref -> entry(ref).forget(places.count));
      }
    }
    return split(refs, readyCount, isOver ? places : null);
  }

  private void block(Places places, int readyCount, ObjectWaits.Deadline deadline) {
    try {
      waiting.during(
          places.count,
          () -> places.count.await(places.takenCount + readyCount, deadline.atNanos(), clock));
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted("objects: count=" + readyCount);
    } finally {
      places.count.endUse();
    }
  }

  private <T extends @Nullable Object> Places takePlaces(List<ObjectRef<T>> refs) {
    ReadyCount count = new ReadyCount();
    count.tryUse();
    for (ObjectRef<T> ref : refs) {
      ObjectEntry entry = entry(ref);
      if (!entry.isReady()) {
        waits.want(entry);
      }
      entry.whenReady(count);
    }
    return new Places(count, 0);
  }

  private <T extends @Nullable Object> boolean hasReady(List<ObjectRef<T>> refs, int readyCount) {
    int found = 0;
    for (int i = 0; i < refs.size() && found < readyCount; i++) {
      found += entry(refs.get(i)).isReady() ? 1 : 0;
    }
    return found >= readyCount;
  }

  private <T extends @Nullable Object> WaitResult<T> split(
      List<ObjectRef<T>> refs, int readyCount, @Nullable Places places) {
    List<ObjectRef<T>> ready = new ArrayList<>(readyCount);
    List<ObjectRef<T>> pending = new ArrayList<>(refs.size());
    int next = 0;
    while (next < refs.size() && ready.size() < readyCount) {
      ObjectRef<T> ref = refs.get(next++);
      (entry(ref).isReady() ? ready : pending).add(ref);
    }
    pending.addAll(refs.subList(next, refs.size()));
    Places left =
        places == null ? null : new Places(places.count, places.takenCount + ready.size());
    return new WaitResult<>(ready, new DistinctRefs<>(pending, left));
  }

  private static @Nullable Places places(List<?> refs) {
    return refs instanceof DistinctRefs<?> distinct && distinct.memory() instanceof Places places
        ? places
        : null;
  }

  private ObjectEntry entry(ObjectRef<?> ref) {
    return handles.entry(ref);
  }
}
