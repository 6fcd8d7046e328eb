package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.transfer.FaultyPeer;
import io.mobula.store.file.StoreDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An object that has a good source and one that does something wrong, over real sockets. */
final class FaultySourceTest {
  private static final int SIZE_BYTES = 40_000_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(FaultyPeer.Fault.class)
  @Timeout(120)
  void shouldGetEveryByteFromTheOthersWhenOneSourceIsFaulty(FaultyPeer.Fault fault)
      throws Exception {
    DataSecret secret = DataSecret.of(TestNode.TOKEN);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        FaultyPeer faulty = new FaultyPeer(fault, secret, threads);
        TestNode good = node(1);
        TestNode reader = node(3)) {
      reader.knows(1, good.dataPort());
      reader.knows(2, faulty.port());
      ObjectKey key = new ObjectKey(ProcessAddress.of(1, 1), 1);
      byte[] bytes = new byte[SIZE_BYTES];
      new Random(1).nextBytes(bytes);
      MemorySegment value = MemorySegment.ofArray(bytes);
      good.put(good.join(1, true), key, value);
      long process = reader.join(1, true);
      reader.fetch(process, 1, key, SIZE_BYTES, 2, 1);
      assertThat(reader.available(reader.receive(process)).mismatch(value)).isEqualTo(-1);
    }
  }

  private TestNode node(int number) throws Exception {
    return new TestNode(new StoreDirectory(folder), number, 48L << 20, TestNode.TOKEN);
  }
}
