package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.ChildJvm;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.layout.StoreOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class StoreSweepTest {

  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(1 << 20);

  @TempDir Path folder;
  private StoreDirectory parent = StoreDirectory.preferred();

  /** Owns a store until it is told to end, and sweeps twice before it says so. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      StoreDirectory parent = new StoreDirectory(Path.of(arguments[0]));
      StoreFile store = StoreFile.create(parent, "child", LAYOUT, 9);
      StoreSweep first = StoreSweep.sweep(parent);
      StoreSweep second = StoreSweep.sweep(parent);
      System.out.println(store.path().resolve("..").normalize());
      System.out.println(first.alive().size() + " " + second.alive().size());
      int read = System.in.read();
      store.close();
      System.out.println("closed " + read);
    }
  }

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
  void shouldLeaveStoreWhenOwnerIsThisProcess() throws IOException {
    try (StoreFile store = StoreFile.create(parent, "n1", LAYOUT, 5)) {
      StoreSweep sweep = StoreSweep.sweep(parent);
      assertThat(sweep.alive()).containsExactly(directory(store.path()));
      assertThat(sweep.deleted()).isEmpty();
      assertThat(sweep.failed()).isEmpty();
      assertThat(store.path()).exists();
    }
  }

  @Test
  void shouldLeaveStoreWhileAnotherOwnerLivesAndDeleteItWhenItIsKilled() throws Exception {
    try (ChildJvm child = ChildJvm.start(Owner.class, folder)) {
      Path directory = Path.of(child.readLine());
      // The owner has swept, which must not have cost it its lock.
      assertThat(child.readLine()).isEqualTo("1 1");
      assertThat(StoreSweep.sweep(parent).alive()).containsExactly(directory);
      assertThat(directory.resolve("store")).exists();
      child.kill();
      assertThat(directory.resolve("store")).exists();
      StoreSweep sweep = StoreSweep.sweep(parent);
      assertThat(sweep.deleted()).containsExactly(directory);
      assertThat(directory).doesNotExist();
    }
  }

  @Test
  void shouldFindNothingWhenAnotherOwnerEndedInOrder() throws Exception {
    try (ChildJvm child = ChildJvm.start(Owner.class, folder)) {
      child.readLine();
      child.readLine();
      child.resume();
      assertThat(child.readLine()).startsWith("closed");
      assertThat(child.awaitExit()).isZero();
      assertThat(child.errors()).isEmpty();
      assertThat(StoreSweep.sweep(parent))
          .isEqualTo(new StoreSweep(java.util.List.of(), java.util.List.of(), java.util.List.of()));
    }
  }

  @Test
  void shouldDeleteWhenOwnerDiedBeforeItMadeEveryFile() throws IOException {
    Path empty = deadPlace("empty");
    Path locked = deadPlace("locked");
    Files.createFile(locked.resolve("lock"));
    Path unlocked = deadPlace("unlocked");
    Files.createFile(unlocked.resolve("store"));
    assertThat(StoreSweep.sweep(parent).deleted())
        .containsExactlyInAnyOrder(empty, locked, unlocked);
  }

  @Test
  void shouldSweepOnlyNamesWithThePrefix() throws IOException {
    Path mine = deadPlace("test");
    Path other = deadPlace("other");
    assertThat(StoreSweep.sweep(parent, "mobula-test-").deleted()).containsExactly(mine);
    assertThat(StoreSweep.sweep(parent).deleted()).containsExactly(other);
    assertThatThrownBy(() -> StoreSweep.sweep(parent, "")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void shouldNotTouchWhatIsNoStore() throws IOException {
    Path file = Files.createFile(folder.resolve("mobula-x-1-a"));
    Path named = Files.createDirectory(folder.resolve("mobula-notes"));
    Path numbered = Files.createDirectory(folder.resolve("mobula-a-b-c!"));
    StoreSweep sweep = StoreSweep.sweep(parent);
    assertThat(sweep.deleted()).isEmpty();
    assertThat(file).exists();
    assertThat(named).exists();
    assertThat(numbered).exists();
    Files.delete(file);
    Files.delete(named);
    Files.delete(numbered);
  }

  @Test
  void shouldReportWhenDirectoryCannotBeDeleted() throws IOException {
    Path directory = deadPlace("full");
    Path stranger = Files.createFile(directory.resolve("stranger"));
    StoreSweep sweep = StoreSweep.sweep(parent);
    assertThat(sweep.failed()).hasSize(1);
    assertThat(sweep.failed().getFirst().directory()).isEqualTo(directory);
    assertThat(sweep.failed().getFirst().reason()).contains("DirectoryNotEmpty");
    Files.delete(stranger);
    assertThat(StoreSweep.sweep(parent).deleted()).containsExactly(directory);
  }

  /** The directory of an owner that had this process's pid before it. */
  private Path deadPlace(String label) throws IOException {
    StoreOwner self = StoreOwner.ofThisProcess();
    StoreOwner dead = new StoreOwner(self.pid(), self.startMillis() - 1000);
    return Files.createDirectory(StorePlace.of(parent, label, dead).directory());
  }

  private static Path directory(Path storeFile) {
    return storeFile.resolve("..").normalize();
  }
}
