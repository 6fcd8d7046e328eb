package io.mobula.raylet.objects;

import io.mobula.agent.loop.Clock;
import io.mobula.proto.StoreFileRange;
import io.mobula.raylet.transfer.LocalFiles;
import io.mobula.raylet.transfer.PartMemory;
import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import io.mobula.store.layout.StoreFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The stores of other nodes on this machine, mapped read-only as long as they are used.
 *
 * <p>Concurrent: transfer threads {@link #open} and close ranges, the loop closes stores that were
 * not used for a while. What is shared is one entry a store, changed only inside the map's own
 * atomic operations, so that nobody opens a range of a store that is being closed.
 *
 * <p>A node is believed only that its store is a store: the file must carry the header of a store
 * of that node, and the range must lie in its heap. So what another process says can't make this
 * one copy some other file into an object.
 */
final class PeerStores implements LocalFiles {

  private final Duration idleTimeout;
  private final Clock clock;
  private final Executor background;
  private final ConcurrentHashMap<Place, Store> stores = new ConcurrentHashMap<>();

  /**
   * @param background touches memory ahead, a task at a time
   */
  PeerStores(Duration idleTimeout, Clock clock, Executor background) {
    this.idleTimeout = idleTimeout;
    this.clock = clock;
    this.background = background;
  }

  @Override
  public Opened open(StoreFileRange range, long lengthBytes) throws IOException {
    Place place = new Place(range.getPath(), range.getNode());
    StoreClient client = enter(place);
    PartMemory memory = new StorePart(client, new HeapRange(range.getFirstByte(), lengthBytes));
    if (!client.layout().heap().contains(new HeapRange(range.getFirstByte(), lengthBytes))) {
      leave(place);
      throw new StoreFormatException(
          range.getPath(), "range is outside its heap: firstByte=" + range.getFirstByte(), null);
    }
    return new Opened() {
      @Override
      public PartMemory memory() {
        return memory;
      }

      @Override
      public void close() {
        leave(place);
      }
    };
  }

  /** Unmaps stores that were not used for a while. */
  void expire(long nowNanos) {
    stores.replaceAll(
        (place, store) -> store.isIdle(nowNanos, idleTimeout) ? closed(store) : store);
    stores.values().removeIf(store -> store.isClosed);
  }

  /** Unmaps all stores. No range is open. */
  void close() {
    stores.values().forEach(store -> store.client.close());
    stores.clear();
  }

  private StoreClient enter(Place place) throws IOException {
    Store store = stores.computeIfPresent(place, (same, known) -> known.entered(clock.nanoTime()));
    if (store != null && !store.isClosed) {
      return store.client;
    }
    StoreClient opened =
        StoreClient.openForReading(Path.of(place.path), place.node, background, clock::nanoTime);
    Store mine = new Store(opened, 1, clock.nanoTime(), false);
    Store current =
        stores.merge(
            place, mine, (known, fresh) -> known.isClosed ? fresh : known.entered(fresh.usedNanos));
    if (current.client != opened) {
      opened.close();
    }
    return current.client;
  }

  private void leave(Place place) {
    stores.computeIfPresent(place, (same, known) -> known.left(clock.nanoTime()));
  }

  private static Store closed(Store store) {
    store.client.close();
    return new Store(store.client, 0, store.usedNanos, true);
  }

  /** A file, and whose it is said to be. */
  private record Place(String path, int node) {}

  /**
   * A mapped store.
   *
   * @param users ranges that are open
   */
  private record Store(StoreClient client, int users, long usedNanos, boolean isClosed) {
    Store entered(long nowNanos) {
      return isClosed ? this : new Store(client, users + 1, nowNanos, false);
    }

    Store left(long nowNanos) {
      return new Store(client, users - 1, nowNanos, isClosed);
    }

    boolean isIdle(long nowNanos, Duration timeout) {
      return users == 0 && !isClosed && nowNanos - usedNanos > timeout.toNanos();
    }
  }
}
