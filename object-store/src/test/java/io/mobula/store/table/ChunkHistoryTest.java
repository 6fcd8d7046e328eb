package io.mobula.store.table;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.chunk.ChunkSlot;
import io.mobula.store.chunk.ChunkWriter;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of clients that fill chunks, close, die and come again, between objects that are
 * created by asking: what clients write never overlaps, every sealed object is entered once, and at
 * the end nothing is used.
 */
final class ChunkHistoryTest {

  private static final int HISTORIES = Integer.getInteger("mobula.chunk.histories", 150);
  private static final int STEPS = 400;
  private static final long CAPACITY = 2 << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void shouldLoseNothingAndLeakNothing(long start) {
    for (long i = 0; i < HISTORIES; i++) {
      new History(start * 1_000_000 + i).run();
    }
  }

  /** A client's life. */
  private static final class Client {
    final long id;
    final int number;
    final StoreReader reader;
    final ChunkLog log;
    final List<ChunkWriter> writers = new ArrayList<>();
    final Map<ChunkSlot, ChunkWriter> writing = new HashMap<>();

    /** Sealed and not yet taken. */
    final Map<StoreKey, HeapRange> sealed = new HashMap<>();

    Client(long id, int number, StoreReader reader, ChunkLog log) {
      this.id = id;
      this.number = number;
      this.reader = reader;
      this.log = log;
    }
  }

  private static final class History {
    private final long seed;
    private final Random random;
    private final SharedMemory memory = new SharedMemory(CAPACITY, 1024, 4);
    private final StoreTable table = StoreTables.populated(memory.layout(), memory.shared());
    private final ChunkLog[] logs = new ChunkLog[4];
    private final List<Client> clients = new ArrayList<>();

    /** Gone, but still writing. */
    private final List<Client> ghosts = new ArrayList<>();

    private final Map<StoreKey, HeapRange> objects = new HashMap<>();
    private long nextClient = 100;
    private long nextKey = 1;

    History(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      for (int i = 0; i < logs.length; i++) {
        logs[i] = new ChunkLog(memory.chunkLog(i));
      }
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        if (i % 16 == 0) {
          table.verify();
        }
        checkApart();
      }
      List.copyOf(clients).forEach(this::gone);
      List.copyOf(ghosts).forEach(this::ended);
      List.copyOf(objects.keySet()).forEach(this::delete);
      table.verify();
      assertThat(table.usage().heap().usedBytes()).as("seed %d", seed).isZero();
    }

    private void step() {
      int choice = random.nextInt(100);
      Client client = clients.isEmpty() ? null : clients.get(random.nextInt(clients.size()));
      if (client == null || choice < 4) {
        join();
      } else if (choice < 6) {
        gone(client);
      } else if (choice < 10 && !ghosts.isEmpty()) {
        ended(ghosts.get(random.nextInt(ghosts.size())));
      } else if (choice < 22) {
        lease(client);
      } else if (choice < 50) {
        reserve(client);
      } else if (choice < 72) {
        finish(random.nextInt(5) == 0 && !ghosts.isEmpty() ? ghosts.getFirst() : client);
      } else if (choice < 86) {
        take(client);
      } else if (choice < 88) {
        table.closeChunks();
      } else if (choice < 90) {
        table.closeChunk(client.id);
      } else if (choice < 95) {
        ask(client);
      } else if (!objects.isEmpty()) {
        delete(objects.keySet().iterator().next());
      }
    }

    private void join() {
      int number = memory.tables().assign(nextClient);
      if (number < 0) {
        return;
      }
      Client client = new Client(nextClient++, number, memory.reader(number), logs[number]);
      table.chunkLogGiven(client.id, client.log);
      table.clientJoined(client.id);
      clients.add(client);
    }

    private void gone(Client client) {
      table.closeChunk(client.id);
      take(client);
      table.clientGone(client.id);
      clients.remove(client);
      ghosts.add(client);
    }

    private void ended(Client ghost) {
      ghosts.remove(ghost);
      memory.tables().drop(ghost.number);
      ghost.log.clear();
      table.chunkLogEnded(ghost.log);
    }

    private void lease(Client client) {
      ChunkLease lease = table.leaseChunk(client.id, 64L * (1 + random.nextInt(4096)));
      if (lease != null) {
        client.writers.add(new ChunkWriter(client.reader, memory.chunkLog(client.number), lease));
      }
    }

    /** By any chunk that it ever had: all but the last must be of no use. */
    private void reserve(Client client) {
      if (client.writers.isEmpty()) {
        return;
      }
      int last = client.writers.size() - 1;
      int which = random.nextInt(4) == 0 ? random.nextInt(last + 1) : last;
      ChunkWriter writer = client.writers.get(which);
      ChunkSlot slot = writer.reserve(1 + random.nextInt(20_000));
      if (slot != null) {
        assertThat(which).as("seed %d", seed).isEqualTo(last);
        client.writing.put(slot, writer);
      }
    }

    private void finish(Client client) {
      if (client.writing.isEmpty()) {
        return;
      }
      ChunkSlot slot = client.writing.keySet().iterator().next();
      ChunkWriter writer = requireNonNull(client.writing.remove(slot));
      if (random.nextInt(4) == 0) {
        writer.abort(slot);
      } else {
        StoreKey key = new StoreKey(client.id, nextKey++);
        writer.seal(slot, key.high(), key.low());
        client.sealed.put(key, slot.range());
      }
    }

    private void take(Client client) {
      List<StoreKey> taken = table.takeChunked(client.id);
      assertThat(taken)
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(client.sealed.keySet());
      for (StoreKey key : taken) {
        assertThat(table.seal(key, client.id, true)).isEqualTo(SealResult.SEALED);
        objects.put(key, client.sealed.get(key));
      }
      client.sealed.clear();
    }

    private void ask(Client client) {
      StoreKey key = new StoreKey(client.id, nextKey++);
      if (table.create(key, random.nextInt(30_000), client.id)
          instanceof CreateResult.Allocated(HeapRange range, List<StoreKey> _)) {
        table.seal(key, client.id, true);
        objects.put(key, range);
      }
    }

    private void delete(StoreKey key) {
      assertThat(table.delete(key)).isEqualTo(DeleteResult.FREED);
      objects.remove(key);
    }

    /** Whatever is written or was written and lives is apart from all else. */
    private void checkApart() {
      List<HeapRange> ranges = new ArrayList<>(objects.values());
      for (List<Client> some : List.of(clients, ghosts)) {
        for (Client client : some) {
          client.writing.keySet().forEach(slot -> ranges.add(slot.range()));
          if (some == clients) {
            ranges.addAll(client.sealed.values());
          }
        }
      }
      ranges.sort((a, b) -> Long.compare(a.offset(), b.offset()));
      @Nullable HeapRange before = null;
      for (HeapRange range : ranges) {
        if (before != null) {
          assertThat(before.endOffset()).as("seed %d", seed).isLessThanOrEqualTo(range.offset());
        }
        before = range;
      }
    }
  }
}
