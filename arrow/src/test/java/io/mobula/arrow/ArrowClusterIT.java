package io.mobula.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Batches in the store of an embedded cluster, read by the driver and by a worker. */
final class ArrowClusterIT {
  /** Of the large batch; 1024 is the campaign, which needs a heap limit above that. */
  private static final int MEBIBYTES = Integer.getInteger("mobula.arrow.mebibytes", 64);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 8;
  private static final int SAMPLES = 501;

  private static @Nullable Session session;

  private final BufferAllocator allocator = new RootAllocator();

  @BeforeAll
  static void startCluster() {
    long bytes = (long) MEBIBYTES << 20;
    session = Mobula.init(o -> o.numCpus(1).objectStoreBytes(2 * bytes));
  }

  @AfterAll
  static void endCluster() {
    Objects.requireNonNull(session).close();
  }

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }

  /** What a worker saw. */
  record Seen(long sum, boolean isView, long heapBytes) {}

  @Remote
  static Seen sum(MemorySegment value) {
    long before = allocatedBytes();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowBatch batch = ArrowBatch.view(value, allocator)) {
      return new Seen(Tables.total(batch), batch.isView(), allocatedBytes() - before);
    }
  }

  @Remote
  static MemorySegment doubled(MemorySegment value) {
    try (BufferAllocator allocator = new RootAllocator();
        ArrowBatch batch = ArrowBatch.copy(value, allocator)) {
      BigIntVector numbers = (BigIntVector) batch.root().getVector("n");
      for (int i = 0; i < numbers.getValueCount(); i++) {
        numbers.set(i, 2 * numbers.get(i));
      }
      return ArrowBatch.encode(batch.root());
    }
  }

  /** Keeps a view between calls. */
  @Remote
  static final class Keeper {
    private final BufferAllocator allocator = new RootAllocator();
    private @Nullable ArrowBatch batch;

    boolean keep(MemorySegment value) {
      batch = ArrowBatch.view(value, allocator);
      return batch.isView();
    }

    long total() {
      return Tables.total(Objects.requireNonNull(batch));
    }
  }

  @Test
  void shouldStayReadableWhenAnActorKeepsAViewOfWhatIsFreed() {
    ActorHandle<Keeper> keeper = Mobula.actor(Keeper::new).options(o -> o.numCpus(0)).remote();
    ObjectRef<MemorySegment> table = put(1 << 18);
    assertThat(keeper.call(Keeper::keep, table).get(PATIENCE)).isTrue();
    table.free();
    // Takes the place of what was freed, if that is free.
    for (int i = 0; i < 4; i++) {
      ObjectRef<MemorySegment> other = put(1 << 18);
      other.free();
    }
    assertThat(keeper.call(Keeper::total).get(PATIENCE)).isEqualTo(sumBelow(1 << 18));
    keeper.kill();
  }

  @Test
  void shouldBeReadWhenABatchIsTheArgumentItself() {
    for (int rows : new int[] {10, 1 << 20}) {
      try (VectorSchemaRoot root = Tables.numbers(allocator, rows)) {
        MemorySegment value = ArrowBatch.encode(root);
        Seen seen = Mobula.task(ArrowClusterIT::sum).remote(value).get(PATIENCE);
        assertThat(seen.sum()).isEqualTo(sumBelow(rows));
      }
    }
  }

  @Test
  void shouldTravelBothWaysWhenATaskTakesAndReturnsABatch() {
    for (int rows : new int[] {0, 10, 1 << 20}) {
      try (VectorSchemaRoot root = Tables.numbers(allocator, rows)) {
        ObjectRef<MemorySegment> table = ArrowBatch.put(root);
        Seen seen = Mobula.task(ArrowClusterIT::sum).remote(table).get(PATIENCE);
        assertThat(seen.sum()).isEqualTo(sumBelow(rows));
        assertThat(seen.isView()).as("rows=%s", rows).isEqualTo(rows > 1000);
        ObjectRef<MemorySegment> result = Mobula.task(ArrowClusterIT::doubled).remote(table);
        try (ArrowBatch batch = ArrowBatch.get(result, allocator)) {
          assertThat(Tables.total(batch)).isEqualTo(2 * sumBelow(rows));
          assertThat(batch.isView()).isEqualTo(rows > 1000);
        }
      }
    }
  }

  @Test
  void shouldTakeMicrosecondsAndNoHeapWhenABatchIsLarge() {
    int rows = (int) (((long) MEBIBYTES << 20) / Tables.ROW_BYTES);
    ObjectRef<MemorySegment> large = put(rows);
    ObjectRef<MemorySegment> small = put(rows / 8);
    Cost ofLarge = cost(large);
    Cost ofSmall = cost(small);
    System.out.println("get of " + MEBIBYTES + " MiB: " + ofLarge + "; of an eighth: " + ofSmall);
    assertThat(ofLarge.medianNanos()).isLessThan(100_000);
    // Optional parts of the path of a get, such as a wait, differ by less than the size does.
    assertThat(ofLarge.heapBytes()).isLessThan(16 << 10);
    assertThat(ofLarge.heapBytes()).isCloseTo(ofSmall.heapBytes(), within(4L << 10));
    // The first time in a worker, Arrow's classes are loaded.
    long heapBytes = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      Seen seen = Mobula.task(ArrowClusterIT::sum).remote(large).get(PATIENCE);
      assertThat(seen.isView()).isTrue();
      heapBytes = Math.min(heapBytes, seen.heapBytes());
    }
    assertThat(heapBytes).isLessThan(256 << 10);
  }

  /** What a get costs the caller, before the data is looked at. */
  record Cost(long medianNanos, long heapBytes) {}

  /** The best of some rounds, for what else the machine does is no cost of ours. */
  private Cost cost(ObjectRef<MemorySegment> ref) {
    Cost best = round(ref);
    for (int i = 1; i < ROUNDS; i++) {
      Cost cost = round(ref);
      best =
          new Cost(
              Math.min(best.medianNanos(), cost.medianNanos()),
              Math.min(best.heapBytes(), cost.heapBytes()));
    }
    return best;
  }

  private Cost round(ObjectRef<MemorySegment> ref) {
    long[] nanos = new long[SAMPLES];
    long heapBytes = Long.MAX_VALUE;
    for (int i = 0; i < SAMPLES; i++) {
      long heapBefore = allocatedBytes();
      long start = System.nanoTime();
      try (ArrowBatch batch = ArrowBatch.get(ref, allocator)) {
        nanos[i] = System.nanoTime() - start;
        heapBytes = Math.min(heapBytes, allocatedBytes() - heapBefore);
        assertThat(batch.isView()).isTrue();
      }
    }
    Arrays.sort(nanos);
    return new Cost(nanos[SAMPLES / 2], heapBytes);
  }

  private ObjectRef<MemorySegment> put(int rows) {
    try (VectorSchemaRoot root = Tables.numbers(allocator, rows)) {
      return ArrowBatch.put(root);
    }
  }

  private static long sumBelow(long rows) {
    return rows * (rows - 1) / 2;
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
