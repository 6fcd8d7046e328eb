package io.mobula.store.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of clients that come, work and die, against {@link OracleStore}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class StoreTableHistoryTest {

  private static final int STEPS = 4_000;
  private static final int KEYS = 60;

  static List<Long> seeds() {
    long fresh = new Random().nextLong();
    return List.of(1L, 2L, 3L, 4L, fresh, fresh + 1, fresh + 2, fresh + 3);
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void shouldAgreeWithOracleWhenHistoryIsRandom(long seed) {
    new History(seed).run();
  }

  private static final class History {
    private final Random random;
    // An index that is too small for all keys, so that some objects are not in it.
    private final SharedMemory memory = new SharedMemory(24 << 20, 32, 3);
    private final StoreTable table = new StoreTable(memory.layout(), memory.shared());
    private final OracleStore oracle = new OracleStore();
    private final List<Long> clientIds = new ArrayList<>();
    private final Deque<HeapRange> populating = new ArrayDeque<>();
    private final List<SharedReader> readers = new ArrayList<>();
    private long nextClientId = 1;

    History(long seed) {
      random = new Random(seed);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        step();
        table.verify();
        assertThat(table.usage().objectCount()).isEqualTo(oracle.objectCount());
      }
      for (long clientId : List.copyOf(clientIds)) {
        clientGone(clientId);
      }
      List.copyOf(readers).forEach(this::readerGone);
      for (StoreKey key : oracle.keys()) {
        assertThat(table.delete(key)).isEqualTo(DeleteResult.FREED);
      }
      table.verify();
      assertThat(table.usage().heap().usedBytes()).isZero();
    }

    private void step() {
      int choice = random.nextInt(130);
      if (clientIds.isEmpty() || choice < 3) {
        join();
      } else if (choice < 5) {
        clientGone(anyClient());
      } else if (choice < 35) {
        create(anyKey(), anyClient());
      } else if (choice < 50) {
        seal(anyKey(), anyClient());
      } else if (choice < 53) {
        abort(anyKey(), anyClient());
      } else if (choice < 70) {
        hold(anyKey(), anyClient());
      } else if (choice < 85) {
        release(anyKey(), anyClient());
      } else if (choice < 90) {
        delete(anyKey());
      } else if (choice < 94) {
        pinOrUnpin(anyKey());
      } else if (choice < 100) {
        finishPopulating();
      } else if (choice < 102) {
        readerJoinsOrGoes();
      } else if (choice < 104) {
        deleteAll(List.of(anyKey(), anyKey(), anyKey(), anyKey()));
      } else if (!readers.isEmpty()) {
        SharedReader reader = readers.get(random.nextInt(readers.size()));
        if (choice < 118) {
          holdShared(reader, anyKey());
        } else {
          releaseShared(reader);
        }
      }
    }

    private void readerJoinsOrGoes() {
      if (readers.size() == 3) {
        readerGone(readers.get(random.nextInt(3)));
        return;
      }
      int number = memory.tables().assign(99);
      readers.add(new SharedReader(number, memory.reader(number), new ArrayList<>()));
    }

    /** A reader dies with all its holds. */
    private void readerGone(SharedReader reader) {
      readers.remove(reader);
      memory.tables().drop(reader.table());
      reader.holds().forEach(hold -> oracle.releaseShared(hold.key()));
      assertThat(table.noticed()).containsExactlyInAnyOrderElementsOf(oracle.noticed());
    }

    private void holdShared(SharedReader reader, StoreKey key) {
      Held held = reader.reader().tryHold(key.high(), key.low());
      if (held != null) {
        assertThat(oracle.holdShared(key)).isTrue();
        assertThat(held.range()).isEqualTo(oracle.range(key));
        reader.holds().add(new SharedHold(key, held));
      }
    }

    private void releaseShared(SharedReader reader) {
      if (reader.holds().isEmpty()) {
        return;
      }
      SharedHold hold = reader.holds().remove(random.nextInt(reader.holds().size()));
      boolean mustTell = oracle.releaseShared(hold.key());
      boolean tells = hold.held().release();
      assertThat(tells || !mustTell).isTrue();
      if (tells) {
        assertThat(table.noticed()).containsExactlyInAnyOrderElementsOf(oracle.noticed());
      }
    }

    private void deleteAll(List<StoreKey> keys) {
      List<StoreKey> freed =
          keys.stream().distinct().filter(key -> oracle.delete(key) == DeleteResult.FREED).toList();
      assertThat(table.deleteAll(keys)).containsExactlyInAnyOrderElementsOf(freed);
    }

    private void join() {
      clientIds.add(nextClientId);
      table.clientJoined(nextClientId++);
    }

    private void clientGone(long clientId) {
      clientIds.remove(clientId);
      ClientGone gone = table.clientGone(clientId);
      List<StoreKey> dropped = new ArrayList<>(gone.aborted());
      dropped.addAll(gone.freed());
      assertThat(dropped).containsExactlyInAnyOrderElementsOf(oracle.clientGone(clientId));
    }

    private void create(StoreKey key, long clientId) {
      long sizeBytes = random.nextInt(4) == 0 ? random.nextInt(6 << 20) : random.nextInt(200_000);
      CreateResult result = table.create(key, sizeBytes, clientId);
      result.evicted().forEach(oracle::evict);
      switch (result) {
        case CreateResult.Allocated allocated -> {
          assertThat(allocated.range().sizeBytes()).isEqualTo(sizeBytes);
          oracle.create(key, allocated.range(), clientId);
        }
        case CreateResult.NeedsPopulate needs -> populating.add(needs.extent());
        case CreateResult.AwaitsPopulate awaits ->
            assertThat(populating).containsExactly(awaits.extent());
        case CreateResult.Full full ->
            assertThat(
                    full.report().usage().evictableBytes() == 0
                        || isWithoutHelp(full)
                        || oracle.isEveryEvictableHeld())
                .isTrue();
        case CreateResult.AlreadyExists exists ->
            assertThat(oracle.state(key)).isEqualTo(exists.state());
      }
    }

    /** Full is right with evictable objects left only if evicting all of them is not enough. */
    private boolean isWithoutHelp(CreateResult.Full full) {
      StoreUsage usage = full.report().usage();
      long mostBytes =
          usage.heap().freeBytes() + usage.heap().ungrownBytes() + usage.evictableBytes();
      return full.report().sizeBytes() + 4096 > mostBytes;
    }

    private void seal(StoreKey key, long clientId) {
      boolean isPinned = random.nextBoolean();
      assertThat(table.seal(key, clientId, isPinned))
          .isEqualTo(oracle.seal(key, clientId, isPinned));
    }

    private void abort(StoreKey key, long clientId) {
      assertThat(table.abort(key, clientId)).isEqualTo(oracle.abort(key, clientId));
    }

    private void hold(StoreKey key, long clientId) {
      assertThat(table.hold(key, clientId)).isEqualTo(oracle.hold(key, clientId));
    }

    private void release(StoreKey key, long clientId) {
      assertThat(table.release(key, clientId)).isEqualTo(oracle.release(key, clientId));
    }

    private void delete(StoreKey key) {
      assertThat(table.delete(key)).isEqualTo(oracle.delete(key));
    }

    private void pinOrUnpin(StoreKey key) {
      boolean isPin = random.nextBoolean();
      boolean isSealed = oracle.state(key) == ObjectState.SEALED;
      assertThat(isPin ? table.pin(key) : table.unpin(key)).isEqualTo(isSealed);
      oracle.setPinned(key, isPin);
    }

    private void finishPopulating() {
      if (populating.isEmpty()) {
        table.resumeGrowth();
        return;
      }
      HeapRange extent = populating.remove();
      long populatedBytes = random.nextInt((int) extent.sizeBytes());
      table.populateFinished(
          random.nextInt(4) == 0
              ? PopulateResult.stopped(extent, populatedBytes, "no space")
              : PopulateResult.complete(extent));
    }

    private StoreKey anyKey() {
      return StoreTables.key(random.nextInt(KEYS));
    }

    private long anyClient() {
      return clientIds.get(random.nextInt(clientIds.size()));
    }
  }

  private record SharedHold(StoreKey key, Held held) {}

  private record SharedReader(int table, StoreReader reader, List<SharedHold> holds) {}
}
