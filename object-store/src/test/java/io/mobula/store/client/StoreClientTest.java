package io.mobula.store.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.layout.StoreFormatException;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class StoreClientTest {

  private static final long INCARNATION = 77;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(8 << 20);

  @TempDir Path folder;
  private StoreFile store;
  private StoreClient client;
  private final List<Runnable> background = new ArrayList<>();

  /** How long touching a block seems to take: long, so that memory is cold at first. */
  private long touchNanos = 10 * TouchPace.WORTH_NANOS;

  private long now;

  @BeforeEach
  void open() throws IOException {
    store = StoreFile.create(new StoreDirectory(folder), "test", LAYOUT, INCARNATION);
    assertThat(store.populate(LAYOUT.heap()).isComplete()).isTrue();
    client = StoreClient.open(store.path(), INCARNATION, CLEANER, background::add, this::nanoTime);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "100, true",
    "40000, true",
    "3000001, true",
    "6000000, true",
    "6000000, false"
  })
  void shouldReadWhatWasWrittenHoweverOftenTheMemoryIsUsed(int size, boolean isSlow)
      throws IOException {
    touchNanos = isSlow ? touchNanos : 1;
    HeapRange range = range(64, size);
    Random random = new Random(size);
    // Cold, used before, being touched, and hot; the last two by way of the mapping.
    for (int use = 0; use < 4; use++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      Copies.in(client, range, bytes);
      assertThat(Copies.out(client, range)).isEqualTo(bytes);
      MemorySegment view = client.view(range, StoreClientTest::ignore);
      assertThat(view.byteSize()).isEqualTo(size);
      assertThat(view.mismatch(MemorySegment.ofArray(bytes))).isEqualTo(-1);
      background.forEach(Runnable::run);
      background.clear();
    }
    client.close();
  }

  @Test
  void shouldCopyPartsAcrossHotAndColdMemory() throws IOException {
    HeapRange whole = range(0, 8 << 20);
    byte[] bytes = new byte[8 << 20];
    new Random(1).nextBytes(bytes);
    Copies.in(client, whole, bytes);
    HeapRange middle = range(3 << 20, 1 << 20);
    Copies.out(client, middle);
    assertThat(background).hasSize(1);
    background.removeFirst().run();
    MemorySegment part = MemorySegment.ofArray(bytes).asSlice(1000, 7 << 20);
    byte[] read = new byte[7 << 20];
    client.copyOut(whole, 1000, MemorySegment.ofArray(read));
    assertThat(part.mismatch(MemorySegment.ofArray(read))).isEqualTo(-1);
    client.copyIn(whole, 77, part);
    client.copyOut(whole, 77, MemorySegment.ofArray(read));
    assertThat(part.mismatch(MemorySegment.ofArray(read))).isEqualTo(-1);
    client.close();
  }

  @Test
  void shouldBeHotFromTheFirstUseOnWhereTouchingIsQuick() throws IOException {
    touchNanos = TouchPace.WORTH_NANOS;
    HeapRange range = range(0, 5 << 20);
    assertThat(client.hot(range, 1 << 20, 3 << 20)).isNotNull();
    Copies.in(client, range, new byte[5 << 20]);
    assertThat(background).isEmpty();
    assertThat(client.hot(range, 0, 5 << 20)).isNotNull();
    client.close();
  }

  @Test
  void shouldLeaveTheMappingAloneWhereTouchingIsFoundSlow() throws IOException {
    HeapRange range = range(0, 5 << 20);
    assertThat(client.hot(range, 0, 5 << 20)).isNull();
    Copies.in(client, range, new byte[5 << 20]);
    assertThat(client.hot(range, 0, 5 << 20)).isNull();
    assertThat(client.hot(range, 0, 1 << 20)).as("the block that was measured").isNotNull();
    client.close();
  }

  @Test
  void shouldTouchNothingWhenMemoryIsUsedOnce() throws IOException {
    Copies.in(client, range(0, 5 << 20), new byte[5 << 20]);
    assertThat(background).isEmpty();
    client.close();
  }

  @Test
  void shouldStopTouchingQuietlyWhenClosed() throws IOException {
    Copies.in(client, range(0, 5 << 20), new byte[5 << 20]);
    Copies.out(client, range(0, 5 << 20));
    client.close();
    assertThat(background).hasSize(1);
    background.removeFirst().run();
  }

  @Test
  void shouldCopyWhileInterruptsRainDown() throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(2).nextBytes(bytes);
    Thread copier = Thread.currentThread();
    Thread rain =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 500; i++) {
                copier.interrupt();
                Thread.onSpinWait();
              }
            });
    int from = 0;
    while (rain.isAlive()) {
      HeapRange range = range((from++ % 7) << 20, 1 << 20);
      Copies.in(client, range, bytes);
      assertThat(Copies.out(client, range)).isEqualTo(bytes);
    }
    assertThat(Thread.interrupted()).isTrue();
    rain.join();
    client.close();
  }

  @Test
  void shouldRefuseToWriteThroughWhatIsForReading() throws IOException {
    HeapRange range = range(0, 100);
    MemorySegment view = client.view(range, StoreClientTest::ignore);
    assertThat(view.isReadOnly()).isTrue();
    assertThat(view.asByteBuffer().isReadOnly()).isTrue();
    assertThatThrownBy(() -> view.fill((byte) 1)).isInstanceOf(IllegalArgumentException.class);
    client.close();
  }

  @Test
  void shouldGiveEmptySegmentsWhenObjectIsEmpty() throws IOException {
    HeapRange range = range(128, 0);
    Copies.in(client, range, new byte[0]);
    assertThat(Copies.out(client, range)).isEmpty();
    assertThat(client.view(range, StoreClientTest::ignore).byteSize()).isZero();
    client.close();
  }

  @Test
  void shouldRefuseWhenRangeIsOutsideTheHeap() {
    assertThatThrownBy(() -> Copies.in(client, new HeapRange(0, 8), new byte[8]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> client.view(range(LAYOUT.heapBytes() - 8, 9), StoreClientTest::ignore))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("heap=");
    client.close();
  }

  @Test
  void shouldKeepViewsButNothingElseWhenClosed() throws IOException {
    HeapRange range = range(0, 8);
    Copies.in(client, range, new byte[] {42, 0, 0, 0, 0, 0, 0, 0});
    MemorySegment view = client.view(range, StoreClientTest::ignore);
    client.close();
    store.close();
    assertThat(view.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
    assertThatThrownBy(() -> Copies.out(client, range)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.close()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldFailWhenFileIsGoneBeforeViewIsMade() throws IOException {
    store.close();
    assertThatThrownBy(() -> client.view(range(0, 8), StoreClientTest::ignore))
        .isInstanceOf(NoSuchFileException.class);
    client.close();
  }

  @Test
  void shouldMakeViewAndKeepInterruptWhenThreadIsInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    MemorySegment view = client.view(range(0, 8), StoreClientTest::ignore);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(view.byteSize()).isEqualTo(8);
    client.close();
  }

  @Test
  void shouldMakeEveryViewWhileInterruptsRainDown() throws Exception {
    Thread viewer = Thread.currentThread();
    Thread rain =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 2_000; i++) {
                viewer.interrupt();
                Thread.onSpinWait();
              }
            });
    while (rain.isAlive()) {
      assertThat(client.view(range(4096, 8), StoreClientTest::ignore).byteSize()).isEqualTo(8);
    }
    boolean wasInterrupted = Thread.interrupted();
    assertThat(wasInterrupted).isTrue();
    rain.join();
    client.close();
  }

  @Test
  void shouldNameBothNumbersWhenNodeHasAnotherIncarnation() {
    assertThatThrownBy(
            () -> StoreClient.open(store.path(), 78, CLEANER, background::add, this::nanoTime))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("incarnation=77")
        .hasMessageContaining("expected=78");
    client.close();
  }

  @Test
  void shouldSayWhatIsWrongWhenFileIsNoStore() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "hello, this is not a store".repeat(9));
    assertThatThrownBy(
            () -> StoreClient.open(text, INCARNATION, CLEANER, background::add, this::nanoTime))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining(text.toString())
        .hasMessageContaining("it is no store file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(
            () -> StoreClient.open(empty, INCARNATION, CLEANER, background::add, this::nanoTime))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("shorter than a header");
    client.close();
  }

  private static HeapRange range(long heapOffset, long sizeBytes) {
    return new HeapRange(LAYOUT.heapOffset() + heapOffset, sizeBytes);
  }

  private long nanoTime() {
    now += touchNanos;
    return now;
  }

  private static void ignore() {}
}
