package io.mobula.raylet.objects;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.StoreReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that read the store of a real node by themselves, and how their holds end. */
@Timeout(60)
final class SharedReadersTest {

  private static final int READER = 2;

  @TempDir Path folder;
  private TestNode node;
  private long writer;
  private ObjectKey key;
  private final AtomicBoolean isAlive = new AtomicBoolean(true);

  @BeforeEach
  void start() throws Exception {
    node = new TestNode(new StoreDirectory(folder), 1, 64L << 20, TestNode.TOKEN);
    writer = node.join(1, true);
    key = new ObjectKey(writer, 1);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void shouldReadSealedObjectWithoutAskingAndFreeItWhenNoticeComes() throws Exception {
    StoreReader reader = node.joinReader(READER, isAlive::get);
    long address = ProcessAddress.of(1, READER);
    node.put(writer, key, value(1_000));
    Held held = hold(reader);
    assertThat(node.heapBytes(held.range()).mismatch(value(1_000))).isEqualTo(-1);
    node.free(key);
    assertThat(node.usage().objects()).isEqualTo(1);
    assertThat(reader.tryHold(key.owner(), key.sequence())).isNull();
    assertThat(held.release()).isTrue();
    node.sendNotice(address);
    assertThat(node.usage().objects()).isZero();
    assertThat(node.usage().usedBytes()).isZero();
  }

  @Test
  void shouldFreeAtOnceWhenProcessHasEnded() throws Exception {
    StoreReader reader = node.joinReader(READER, isAlive::get);
    node.put(writer, key, value(1_000));
    hold(reader);
    node.free(key);
    isAlive.set(false);
    node.die(ProcessAddress.of(1, READER));
    assertThat(node.usage().usedBytes()).isZero();
  }

  @Test
  void shouldKeepWhatIsHeldWhileProcessLivesAndFreeItWhenProcessEnds() throws Exception {
    StoreReader reader = node.joinReader(READER, isAlive::get);
    node.put(writer, key, value(1_000));
    hold(reader);
    node.free(key);
    node.die(ProcessAddress.of(1, READER));
    assertThat(node.usage().objects()).isEqualTo(1);
    isAlive.set(false);
    await().atMost(Duration.ofSeconds(10)).until(() -> node.usage().usedBytes() == 0);
  }

  @Test
  void shouldFreeWithoutNoticeWhenProcessLivesButHasLostItsLink() throws Exception {
    StoreReader reader = node.joinReader(READER, isAlive::get);
    node.put(writer, key, value(1_000));
    node.die(ProcessAddress.of(1, READER));
    Held held = hold(reader);
    node.free(key);
    assertThat(node.usage().objects()).isEqualTo(1);
    held.release();
    await().atMost(Duration.ofSeconds(10)).until(() -> node.usage().usedBytes() == 0);
    assertThat(node.assignHoldTable(READER)).as("its table lingers").isEqualTo(2);
  }

  @Test
  void shouldReuseTableWhenProcessLivesAndHasClosedIt() throws Exception {
    StoreReader reader = node.joinReader(READER, isAlive::get);
    reader.close();
    node.die(ProcessAddress.of(1, READER));
    assertThat(node.assignHoldTable(READER)).isEqualTo(1);
    assertThat(reader.tryHold(1, 1)).isNull();
  }

  @Test
  void shouldGiveAnotherTableWhenProcessComesTwiceAndNoneWhenItCannotBeSeen() throws Exception {
    node.joinReader(READER, isAlive::get);
    assertThat(node.assignHoldTable(READER)).isEqualTo(2);
    isAlive.set(false);
    node.left(ProcessAddress.of(1, READER));
    assertThat(node.assignHoldTable(READER)).isEqualTo(2);
    assertThat(node.assignHoldTable(77)).isZero();
  }

  @Test
  void shouldAdmitCreateThatWaitsWhenReaderOfEvictableObjectSaysSo() throws Exception {
    try (TestNode other = new TestNode(new StoreDirectory(folder), 2, 64L << 20, TestNode.TOKEN)) {
      other.knows(1, node.dataPort());
      node.knows(1, node.dataPort());
      long pulling = other.join(1, true);
      StoreReader reader = other.joinReader(READER, isAlive::get);
      node.put(writer, key, value(30_000_000));
      other.fetch(pulling, 5, key, 30_000_000, 1);
      other.receive(pulling);
      other.release(pulling, key);
      Held held = hold(reader);
      ObjectKey large = new ObjectKey(pulling, 1);
      other.startCreate(pulling, large, 50_000_000);
      assertThat(other.usage().objects()).isEqualTo(1);
      assertThat(held.release()).isTrue();
      other.sendNotice(ProcessAddress.of(2, READER));
      assertThat(other.receive(pulling).hasObjectCreated()).isTrue();
    }
  }

  private Held hold(StoreReader reader) {
    return requireNonNull(reader.tryHold(key.owner(), key.sequence()));
  }

  private static MemorySegment value(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    MemorySegment value = MemorySegment.ofArray(bytes);
    for (int i = 0; i < sizeBytes; i++) {
      value.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
    }
    return value;
  }
}
