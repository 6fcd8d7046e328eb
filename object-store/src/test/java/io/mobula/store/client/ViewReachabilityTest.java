package io.mobula.store.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.store.HeapRange;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A view is given back when nothing can reach it, and not a moment before. */
@Timeout(120)
final class ViewReachabilityTest {

  private static final Cleaner CLEANER = Cleaner.create();
  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(8 << 20);
  private static final HeapRange RANGE = new HeapRange(LAYOUT.heapOffset() + 64, 4000);

  @TempDir Path folder;
  private final AtomicInteger given = new AtomicInteger();
  private StoreFile store;
  private StoreClient client;

  @BeforeEach
  void open() throws IOException {
    store = StoreFile.create(new StoreDirectory(folder), "test", LAYOUT, 1);
    assertThat(store.populate(LAYOUT.heap()).isComplete()).isTrue();
    client = StoreClient.open(store.path(), 1, CLEANER, Runnable::run, System::nanoTime);
    byte[] nines = new byte[(int) RANGE.sizeBytes()];
    Arrays.fill(nines, (byte) 9);
    Copies.in(client, RANGE, nines);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    store.close();
  }

  @Test
  void shouldStayWhileSliceIsReachable() {
    staysUntilDropped(view -> view.asSlice(3).asSlice(5, 100), slice -> slice.get(BYTE, 7));
  }

  @Test
  void shouldStayWhileBufferIsReachable() {
    staysUntilDropped(MemorySegment::asByteBuffer, buffer -> buffer.get(0));
  }

  @Test
  void shouldStayWhileSliceOfBufferIsReachable() {
    staysUntilDropped(
        view -> view.asByteBuffer().position(8).slice().duplicate(), buffer -> buffer.get(0));
  }

  @Test
  void shouldStayWhileTypedBufferIsReachable() {
    staysUntilDropped(
        view -> view.asByteBuffer().asLongBuffer(), (LongBuffer buffer) -> (byte) buffer.get(0));
  }

  @Test
  void shouldStayWhileSegmentOfBufferIsReachable() {
    staysUntilDropped(
        view -> MemorySegment.ofBuffer(view.asByteBuffer().position(100)),
        segment -> segment.get(BYTE, 0));
  }

  @Test
  void shouldStayWhileElementStreamIsReachable() {
    staysUntilDropped(view -> view.elements(BYTE).iterator(), rest -> rest.next().get(BYTE, 0));
  }

  @Test
  void shouldStayWhileEmptyViewIsReachable() throws IOException {
    HeapRange empty = new HeapRange(RANGE.offset(), 0);
    @Nullable MemorySegment[] holder = {client.view(empty, given::incrementAndGet)};
    collect();
    assertThat(given).hasValue(0);
    assertThat(requireNonNull(holder[0]).byteSize()).isZero();
    holder[0] = null;
    awaitGiven(1);
  }

  @Test
  void shouldGiveEachViewBackOnceWhenThereAreMany() throws IOException {
    int count = 2_000;
    for (int i = 0; i < count; i++) {
      assertThat(client.view(RANGE, given::incrementAndGet).get(BYTE, 0)).isEqualTo((byte) 9);
    }
    awaitGiven(count);
    collect();
    assertThat(given).hasValue(count);
  }

  @Test
  void shouldShareOneMappingAndUnmapItWhenClientAndViewsAreUnreachable() throws IOException {
    long before = mappings();
    @Nullable StoreClient[] other = {
      StoreClient.open(store.path(), 1, CLEANER, Runnable::run, System::nanoTime)
    };
    @Nullable MemorySegment[] holder = {
      requireNonNull(other[0]).view(RANGE, given::incrementAndGet)
    };
    requireNonNull(other[0]).view(RANGE, given::incrementAndGet);
    assertThat(mappings()).as("the client's own two and one for views").isEqualTo(before + 3);
    requireNonNull(other[0]).close();
    other[0] = null;
    awaitGiven(1);
    awaitMappings(before + 1);
    assertThat(requireNonNull(holder[0]).get(BYTE, 0)).isEqualTo((byte) 9);
    holder[0] = null;
    awaitGiven(2);
    awaitMappings(before);
  }

  private static final java.lang.foreign.ValueLayout.OfByte BYTE =
      java.lang.foreign.ValueLayout.JAVA_BYTE;

  private <T> void staysUntilDropped(Function<MemorySegment, T> derive, Function<T, Byte> read) {
    @Nullable Object[] holder = {derive.apply(view())};
    collect();
    assertThat(given).hasValue(0);
    @SuppressWarnings("unchecked") // The only thing ever put there.
    T derived = (T) requireNonNull(holder[0]);
    assertThat(read.apply(derived)).isEqualTo((byte) 9);
    derived = null;
    holder[0] = null;
    awaitGiven(1);
  }

  private MemorySegment view() {
    try {
      return client.view(RANGE, given::incrementAndGet);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Collects until an object that became unreachable before is gone. */
  private static void collect() {
    WeakReference<Object> marker = new WeakReference<>(ByteBuffer.allocate(16));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          System.gc();
          return marker.get() == null;
        });
  }

  private void awaitGiven(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          System.gc();
          return given.get() == count;
        });
  }

  private void awaitMappings(long count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          System.gc();
          return mappings() == count;
        });
  }

  /** How many mappings of the store there are in this process. */
  private long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.endsWith(store.path().toString())).count();
    }
  }
}
