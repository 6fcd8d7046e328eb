package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Scanner;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class StoreFileTest {

  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(32 << 20);
  private static final long INDEX_BYTES = LAYOUT.indexBytes();
  private static final long SLACK_BYTES = 64 << 10;

  @TempDir Path folder;
  private StoreDirectory parent = StoreDirectory.preferred();

  @BeforeEach
  void useFolder() {
    parent = new StoreDirectory(folder);
  }

  @AfterEach
  void leaveNothing() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void shouldBeOwnersAloneAndSparse() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      assertThat(permissions(store.path())).isEqualTo("rw-------");
      assertThat(permissions(store.path().resolveSibling("lock"))).isEqualTo("rw-------");
      assertThat(permissions(directory(store))).isEqualTo("rwx------");
      assertThat(directory(store).getFileName().toString()).startsWith("mobula-n1-");
      assertThat(Files.size(store.path())).isEqualTo(LAYOUT.fileBytes());
      assertThat(diskBytes(store)).isBetween(INDEX_BYTES, INDEX_BYTES + SLACK_BYTES);
    }
  }

  @Test
  void shouldTakeMemoryForHoldTableAndItsLogWhenPopulated() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      long beforeBytes = diskBytes(store);
      store.populateHoldTable(3);
      store.populateHoldTable(3);
      assertThat(diskBytes(store) - beforeBytes)
          .isEqualTo(StoreLayout.HOLD_TABLE_BYTES + StoreLayout.CHUNK_LOG_BYTES);
      assertThatThrownBy(() -> store.populateHoldTable(LAYOUT.holdTableCount()))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void shouldTakeMemoryOnlyForWhatIsPopulated() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      HeapRange extent = new HeapRange(LAYOUT.heapOffset() + 4096, 3 << 20);
      assertThat(store.populate(extent)).isEqualTo(PopulateResult.complete(extent));
      long expectedBytes = INDEX_BYTES + (3L << 20);
      assertThat(diskBytes(store)).isBetween(expectedBytes, expectedBytes + SLACK_BYTES);
      assertThat(Files.size(store.path())).isEqualTo(LAYOUT.fileBytes());
    }
  }

  @Test
  void shouldRefuseExtentWhenItIsOutsideTheHeap() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      assertThatThrownBy(() -> store.populate(new HeapRange(0, 4096)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.populate(new HeapRange(LAYOUT.fileBytes(), 4096)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldFailAsResultAndStayUsableWhenPopulatingIsInterrupted() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      Thread.currentThread().interrupt();
      PopulateResult result = store.populate(LAYOUT.heap());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(result.isComplete()).isFalse();
      assertThat(result.failure()).contains("Interrupt").contains(store.path().toString());
      assertThat(store.populate(LAYOUT.heap()).isComplete()).isTrue();
    }
  }

  @Test
  void shouldRefuseWhenLabelIsTaken() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      assertThatThrownBy(() -> StoreFile.create(parent, "n1", LAYOUT, 5))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(store.path()).exists();
    }
  }

  @Test
  void shouldRefuseWhenLabelIsNoFileName() {
    assertThatThrownBy(() -> StoreFile.create(parent, "a/b", LAYOUT, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a/b");
  }

  @Test
  void shouldDeleteOnceWhenClosedTwice() throws IOException {
    StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5);
    store.close();
    store.close();
    assertThat(directory(store)).doesNotExist();
  }

  @Test
  void shouldPreferSharedMemoryWhenThereIsSome() throws IOException {
    StoreDirectory preferred = StoreDirectory.preferred();
    if (Files.isWritable(Path.of("/dev/shm"))) {
      assertThat(preferred.path()).isEqualTo(Path.of("/dev/shm"));
    }
    assertThat(preferred.freeBytes()).isPositive();
  }

  private static Path directory(StoreFile store) {
    return store.path().resolve("..").normalize();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static long diskBytes(StoreFile store) throws IOException {
    Process du =
        new ProcessBuilder("du", "--block-size=1", store.path().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Scanner output = new Scanner(du.inputReader())) {
      return output.nextLong();
    }
  }
}
