package io.mobula.raylet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mobula.proto.GetNodeMemory;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessMemory;
import io.mobula.proto.ProcessReferences;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who holds a node's memory, asked of a raylet. */
final class MemoryInquiriesTest {
  private static final int JOB = 3;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final FakeCluster cluster;

  MemoryInquiriesTest() throws IOException {
    cluster = new FakeCluster(2);
  }

  @BeforeEach
  void join() {
    cluster.run();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void shouldAnswerWhenEveryProcessHas() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    Party client = client();
    ask(client);
    answer(driver, 5);
    cluster.run();
    assertThat(client.take(Packet::hasNodeMemoryReport)).isEmpty();
    answer(worker, 7);
    cluster.run();

    NodeMemoryReport memory = memory(client);
    assertThat(memory.getRaylet()).isEqualTo(FakeCluster.RAYLET);
    assertThat(memory.getProcessesList())
        .extracting(
            ProcessMemory::getAddress,
            ProcessMemory::getKind,
            ProcessMemory::getJob,
            process -> process.getReferences().getObjectCount())
        .containsExactly(
            tuple(driver.address(), ProcessKind.DRIVER, JOB, 5L),
            tuple(worker.address(), ProcessKind.WORKER, JOB, 7L));
  }

  @Test
  void shouldNameTheProcessThatIsSilentWhenTimeIsUp() {
    Party driver = cluster.driver();
    Party other = cluster.driver();
    Party client = client();
    ask(client);
    answer(other, 1);
    cluster.advance((TIMEOUT_MILLIS - 500) * NANOS_PER_MILLI);
    assertThat(client.take(Packet::hasNodeMemoryReport)).isEmpty();
    cluster.advance(1_000 * NANOS_PER_MILLI);

    List<ProcessMemory> processes = memory(client).getProcessesList();
    assertThat(processes)
        .extracting(ProcessMemory::getAddress, ProcessMemory::hasReferences)
        .containsExactly(tuple(driver.address(), false), tuple(other.address(), true));
  }

  @Test
  void shouldNotWaitForAProcessWhenItDies() {
    Party driver = cluster.driver();
    Party client = client();
    ask(client);
    close(driver);
    cluster.run();
    assertThat(memory(client).getProcesses(0).hasReferences()).isFalse();
  }

  @Test
  void shouldAnswerAtOnceWhenThereIsNoProcess() {
    Party client = client();
    ask(client);
    assertThat(memory(client).getProcessesList()).isEmpty();
  }

  @Test
  void shouldAnswerADriverWhenItAsks() {
    Party driver = cluster.driver();
    driver.send(FakeCluster.RAYLET, question());
    cluster.run();
    answer(driver, 1);
    cluster.run();
    assertThat(memory(driver).getProcessesList()).hasSize(1);
  }

  @Test
  void shouldRefuseWhenTooManyAskAtOnce() {
    cluster.driver();
    Party client = client();
    for (int i = 0; i < 17; i++) {
      ask(client);
    }
    assertThat(client.take(Packet::hasRefusal)).isPresent();
    assertThat(client.take(Packet::hasRefusal)).isEmpty();
  }

  private Party client() {
    return cluster.client(Hello.newBuilder().setKind(ProcessKind.CLIENT).setPid(9));
  }

  private void ask(Party client) {
    client.sendAs(0, FakeCluster.RAYLET, question());
    cluster.run();
  }

  private static Packet.Builder question() {
    return Packet.newBuilder()
        .setCorrelation(44)
        .setGetNodeMemory(
            GetNodeMemory.newBuilder().setObjectCountMax(10).setTimeoutMillis(TIMEOUT_MILLIS));
  }

  private static void answer(Party process, int objectCount) {
    Packet question = process.take(Packet::hasGetReferences).orElseThrow();
    assertThat(question.getGetReferences().getObjectCountMax()).isEqualTo(10);
    process.send(
        FakeCluster.RAYLET,
        Packet.newBuilder()
            .setCorrelation(question.getCorrelation())
            .setProcessReferences(ProcessReferences.newBuilder().setObjectCount(objectCount)));
  }

  private static void close(Party process) {
    Objects.requireNonNull(process.link).close("it ends");
  }

  private static NodeMemoryReport memory(Party client) {
    Packet answer = client.take(Packet::hasNodeMemoryReport).orElseThrow();
    assertThat(answer.getCorrelation()).isEqualTo(44);
    return answer.getNodeMemoryReport();
  }
}
