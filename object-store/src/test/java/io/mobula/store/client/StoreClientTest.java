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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class StoreClientTest {

  private static final long INCARNATION = 77;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(8 << 20);

  @TempDir Path folder;
  private StoreFile store;
  private StoreClient client;

  @BeforeEach
  void open() throws IOException {
    store = StoreFile.create(new StoreDirectory(folder), "test", LAYOUT, INCARNATION);
    assertThat(store.populate(LAYOUT.heap()).isComplete()).isTrue();
    client = StoreClient.open(store.path(), INCARNATION, CLEANER);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void shouldReadTheSameBytesThroughSliceAndView() throws IOException {
    HeapRange range = range(64, 100_000);
    MemorySegment writable = client.writable(range);
    for (int i = 0; i < range.sizeBytes(); i++) {
      writable.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
    }
    assertThat(client.readable(range).mismatch(writable)).isEqualTo(-1);
    assertThat(client.view(range, StoreClientTest::ignore).mismatch(writable)).isEqualTo(-1);
    assertThat(client.view(range, StoreClientTest::ignore).byteSize()).isEqualTo(100_000);
    client.close();
  }

  @Test
  void shouldRefuseToWriteThroughWhatIsForReading() throws IOException {
    HeapRange range = range(0, 100);
    MemorySegment view = client.view(range, StoreClientTest::ignore);
    assertThat(view.isReadOnly()).isTrue();
    assertThat(view.asByteBuffer().isReadOnly()).isTrue();
    assertThatThrownBy(() -> view.fill((byte) 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.readable(range).fill((byte) 1))
        .isInstanceOf(IllegalArgumentException.class);
    client.close();
  }

  @Test
  void shouldGiveEmptySegmentsWhenObjectIsEmpty() throws IOException {
    HeapRange range = range(128, 0);
    assertThat(client.writable(range).byteSize()).isZero();
    assertThat(client.readable(range).byteSize()).isZero();
    assertThat(client.view(range, StoreClientTest::ignore).byteSize()).isZero();
    client.close();
  }

  @Test
  void shouldRefuseWhenRangeIsOutsideTheHeap() {
    assertThatThrownBy(() -> client.writable(new HeapRange(0, 8)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> client.view(range(LAYOUT.heapBytes() - 8, 9), StoreClientTest::ignore))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("heap=");
    client.close();
  }

  @Test
  void shouldKeepViewsButNotSlicesWhenClosed() throws IOException {
    HeapRange range = range(0, 8);
    client.writable(range).set(ValueLayout.JAVA_LONG, 0, 42);
    MemorySegment slice = client.readable(range);
    MemorySegment view = client.view(range, StoreClientTest::ignore);
    client.close();
    store.close();
    assertThat(view.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
    assertThatThrownBy(() -> slice.get(ValueLayout.JAVA_LONG, 0))
        .isInstanceOf(IllegalStateException.class);
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
    assertThatThrownBy(() -> StoreClient.open(store.path(), 78, CLEANER))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("incarnation=77")
        .hasMessageContaining("expected=78");
    client.close();
  }

  @Test
  void shouldSayWhatIsWrongWhenFileIsNoStore() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "hello, this is not a store".repeat(9));
    assertThatThrownBy(() -> StoreClient.open(text, INCARNATION, CLEANER))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining(text.toString())
        .hasMessageContaining("it is no store file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> StoreClient.open(empty, INCARNATION, CLEANER))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("shorter than a header");
    client.close();
  }

  private static HeapRange range(long heapOffset, long sizeBytes) {
    return new HeapRange(LAYOUT.heapOffset() + heapOffset, sizeBytes);
  }

  private static void ignore() {}
}
