package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobula.store.ChildJvm;
import io.mobula.store.client.StoreClient;
import io.mobula.store.layout.StoreLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the file system gives huge pages, the store gets them, and each process maps them whole.
 */
@Timeout(60)
final class HugePagesTest {

  private static final long HEAP_BYTES = 16 << 20;

  @TempDir Path folder;

  /** Uses a store, in a process of its own so that its mappings end; prints what it has mapped. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      StoreLayout layout = StoreLayout.ofCapacity(HEAP_BYTES);
      StoreDirectory parent = new StoreDirectory(Path.of(arguments[0]));
      try (StoreFile store = StoreFile.create(parent, "huge", layout, 1)) {
        store.populate(layout.heap());
        try (StoreClient client =
            StoreClient.openForCopies(store.path(), 1, Runnable::run, System::nanoTime)) {
          MemorySegment bytes = MemorySegment.ofArray(new byte[(int) HEAP_BYTES]);
          client.copyIn(layout.heap(), 0, bytes);
          client.copyIn(layout.heap(), 0, bytes);
          System.out.println(hugeKibibytes(store.path()));
        }
      }
    }
  }

  @Test
  void shouldMapHeapByHugePagesWhenTheFileSystemHasThem() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "huge=always,size=64m", "tmpfs", folder.toString()) == 0);
    try (ChildJvm child = ChildJvm.start(Owner.class, folder)) {
      assertThat(child.readLine()).isEqualTo(Long.toString(HEAP_BYTES >> 10));
      assertThat(child.awaitExit()).as(child.errors()).isZero();
    } finally {
      assertThat(run("umount", folder.toString())).isZero();
    }
  }

  /** How much of a file this process has mapped by huge pages, as the system says. */
  private static long hugeKibibytes(Path file) throws IOException {
    long most = 0;
    boolean isOfFile = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (Character.isLowerCase(line.charAt(0)) || Character.isDigit(line.charAt(0))) {
        isOfFile = line.endsWith(file.toString());
      } else if (isOfFile && line.startsWith("ShmemPmdMapped:")) {
        most = Math.max(most, Long.parseLong(line.replaceAll("\\D", "")));
      }
    }
    return most;
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
