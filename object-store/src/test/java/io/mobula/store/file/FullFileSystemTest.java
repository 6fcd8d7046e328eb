package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobula.store.ChildJvm;
import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.CreateResult;
import io.mobula.store.table.StoreTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file system that has no more memory must be a result, and never the end of the process. */
@Timeout(120)
final class FullFileSystemTest {

  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  /** Populates until it fails, then goes on with what it has; prints what happened. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      StoreDirectory parent = new StoreDirectory(Path.of(arguments[0]));
      StoreLayout layout = StoreLayout.ofCapacity(64 * MIB);
      StoreTable table = new StoreTable(layout);
      table.clientJoined(1);
      try (StoreFile store = StoreFile.create(parent, "small", layout, 1)) {
        CreateResult.NeedsPopulate first =
            (CreateResult.NeedsPopulate) table.create(new StoreKey(0, 1), 5 * MIB, 1);
        table.populateFinished(store.populate(first.extent()));
        CreateResult allocated = table.create(new StoreKey(0, 1), 5 * MIB, 1);
        System.out.println(allocated.getClass().getSimpleName());
        CreateResult.NeedsPopulate second =
            (CreateResult.NeedsPopulate) table.create(new StoreKey(0, 2), 5 * MIB, 1);
        PopulateResult result = store.populate(second.extent());
        System.out.println(result.isComplete() + " " + result.populatedBytes() / MIB);
        System.out.println(result.failure());
        table.populateFinished(result);
        CreateResult full = table.create(new StoreKey(0, 2), 15 * MIB, 1);
        System.out.println(full.getClass().getSimpleName());
        table.verify();
      }
    }
  }

  @Test
  void shouldGoOnWithLessWhenSharedMemoryIsFull() throws Exception {
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", folder.toString()) == 0);
    try (ChildJvm child = ChildJvm.start(Owner.class, folder)) {
      assertThat(child.readLine()).isEqualTo("Allocated");
      // Of the 10 MiB, 8 are the first extent, and 65 pages are header and index.
      assertThat(child.readLine()).isEqualTo("false 1");
      assertThat(child.readLine()).contains("No space left on device", "larger");
      assertThat(child.readLine()).isEqualTo("Full");
      assertThat(child.awaitExit()).isZero();
      assertThat(child.errors()).isEmpty();
      try (var left = Files.list(folder)) {
        assertThat(left).isEmpty();
      }
    } finally {
      assertThat(run("umount", folder.toString())).isZero();
    }
  }

  @Test
  void shouldFailAndLeaveNothingWhenFileSizeIsLimited() throws Exception {
    StoreLayout layout = StoreLayout.ofCapacity(64 * MIB);
    // A process's limit for files counts the length, though the file is sparse.
    long limitKib = layout.fileBytes() / 1024;
    List<String> prefix =
        List.of("sh", "-c", "ulimit -f " + (limitKib - 1) + "; exec \"$@\"", "sh");
    try (ChildJvm child = ChildJvm.start(prefix, Owner.class, folder)) {
      assertThat(child.awaitExit()).isNotZero();
      assertThat(child.errors()).contains("IOException").contains("File too large");
      try (var left = Files.list(folder)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void shouldReportWhereItStoppedWhenFileIsGone() throws IOException {
    StoreFile store =
        StoreFile.create(new StoreDirectory(folder), "gone", StoreLayout.ofCapacity(8 * MIB), 1);
    HeapRange heap = store.layout().heap();
    store.close();
    PopulateResult result = store.populate(heap);
    assertThat(result.populatedBytes()).isZero();
    assertThat(result.failure()).contains("NoSuchFile");
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
