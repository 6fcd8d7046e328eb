package io.mobula.store.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.ChildJvm;
import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreFile;
import io.mobula.store.file.StoreSweep;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.ClientGone;
import io.mobula.store.table.CreateResult;
import io.mobula.store.table.HoldResult;
import io.mobula.store.table.ObjectState;
import io.mobula.store.table.StoreTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An owner and a client in two processes, in shared memory, with the client's end by kill -9. */
@Timeout(120)
final class ClientProcessTest {

  private static final long INCARNATION = 3;
  private static final long OWNER = 0;
  private static final long CHILD = 1;
  private static final StoreKey READ = new StoreKey(1, 1);
  private static final StoreKey WRITTEN = new StoreKey(1, 2);
  private static final Cleaner CLEANER = Cleaner.create();
  private static final String LABEL = "test-" + ProcessHandle.current().pid();

  private final StoreDirectory parent = StoreDirectory.preferred();
  private final StoreLayout layout = StoreLayout.ofCapacity(16 << 20);
  private final StoreTable table = new StoreTable(layout);
  private StoreFile store;
  private StoreClient client;

  /** Sums what it reads as view and as copy, writes its half of an object, and waits. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      StoreClient client =
          StoreClient.open(
              Path.of(arguments[0]),
              Long.parseLong(arguments[1]),
              Cleaner.create(),
              Runnable::run,
              System::nanoTime);
      HeapRange read = new HeapRange(Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
      HeapRange write = new HeapRange(Long.parseLong(arguments[4]), Long.parseLong(arguments[5]));
      MemorySegment view = client.view(read, () -> {});
      byte[] copy = Copies.out(client, read);
      System.out.println(sum(view) + " " + sum(MemorySegment.ofArray(copy)));
      Copies.in(client, write, pattern((int) write.sizeBytes(), 1));
      System.out.println("written");
      int resumed = System.in.read();
      client.close();
      System.out.println(sum(view) + " " + resumed);
    }
  }

  @BeforeEach
  void makeStore() throws IOException {
    store = StoreFile.create(parent, LABEL, layout, INCARNATION);
    client = StoreClient.open(store.path(), INCARNATION, CLEANER, Runnable::run, System::nanoTime);
    table.clientJoined(OWNER);
    table.clientJoined(CHILD);
  }

  @AfterEach
  void leaveNothing() throws IOException {
    table.verify();
    client.close();
    store.close();
    try (Stream<Path> left = Files.list(parent.path())) {
      assertThat(left.filter(path -> path.toString().contains(LABEL))).isEmpty();
    }
    assertThat(StoreSweep.sweep(parent, "mobula-" + LABEL + "-").alive()).isEmpty();
  }

  @Test
  void shouldReadWhatOwnerWroteAndOwnerReadWhatChildWrote() throws Exception {
    HeapRange read = putPattern();
    HeapRange written = create(WRITTEN, CHILD);
    try (ChildJvm child = startChild(read, written)) {
      long expected = sum(MemorySegment.ofArray(Copies.out(client, read)));
      assertThat(child.readLine()).isEqualTo(expected + " " + expected);
      assertThat(child.readLine()).isEqualTo("written");
      table.seal(WRITTEN, CHILD, true);
      assertThat(Copies.out(client, written)).isEqualTo(pattern((int) written.sizeBytes(), 1));
      child.resume();
      // The child's view outlives its client.
      assertThat(child.readLine()).isEqualTo(expected + " 10");
      assertThat(child.awaitExit()).isZero();
      assertThat(child.errors()).as("no JVM flag, no warning").isEmpty();
    }
  }

  @Test
  void shouldFreeWhatClientHeldAndWroteWhenItIsKilled() throws Exception {
    HeapRange read = putPattern();
    HeapRange written = create(WRITTEN, CHILD);
    try (ChildJvm child = startChild(read, written)) {
      assertThat(table.hold(READ, CHILD)).isEqualTo(new HoldResult.Ready(read));
      child.readLine();
      assertThat(child.readLine()).isEqualTo("written");
      table.delete(READ);
      assertThat(table.state(READ)).isEqualTo(ObjectState.DELETING);
      child.kill();
      assertThat(table.clientGone(CHILD))
          .isEqualTo(new ClientGone(List.of(WRITTEN), 1, List.of(READ)));
      assertThat(table.usage().heap().usedBytes()).isZero();
    }
  }

  private ChildJvm startChild(HeapRange read, HeapRange written) throws IOException {
    return ChildJvm.start(
        Child.class,
        store.path(),
        INCARNATION,
        read.offset(),
        read.sizeBytes(),
        written.offset(),
        written.sizeBytes());
  }

  private HeapRange putPattern() throws IOException {
    HeapRange range = create(READ, OWNER);
    Copies.in(client, range, pattern((int) range.sizeBytes(), 5));
    table.seal(READ, OWNER, true);
    return range;
  }

  private HeapRange create(StoreKey key, long clientId) {
    CreateResult result = table.create(key, 3_000_001, clientId);
    if (result instanceof CreateResult.NeedsPopulate needs) {
      table.populateFinished(store.populate(needs.extent()));
      result = table.create(key, 3_000_001, clientId);
    }
    return ((CreateResult.Allocated) result).range();
  }

  private static byte[] pattern(int length, int step) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * step + i / 251);
    }
    return bytes;
  }

  private static long sum(MemorySegment segment) {
    long sum = 0;
    for (long i = 0; i < segment.byteSize(); i++) {
      sum = sum * 31 + segment.get(ValueLayout.JAVA_BYTE, i);
    }
    return sum;
  }
}
