package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorHandle;
import io.mobula.api.Isolation;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.driver.ClusterMemory;
import io.mobula.driver.MemoryQuestion;
import io.mobula.testkit.programs.Clerk;
import io.mobula.testkit.programs.Lender;
import io.mobula.testkit.programs.Lender.Loan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An idle worker stays while somebody refers to what it owns, and goes when nobody does. */
final class RetiredOwnerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int INLINE_BYTES = 100;
  private static final int STORED_BYTES = 2 << 20;

  private TestCluster cluster;
  private Session session;

  @TempDir Path folder;

  @BeforeEach
  void start() {
    cluster =
        TestCluster.start(
            RetiredOwnerIT.class,
            List.of(
                "raylet.num-cpus=1",
                "raylet.object-store-memory=64m",
                "raylet.idle-worker-timeout=1s",
                "raylet.max-workers=3",
                "raylet.slots-per-worker=1"));
    session = Mobula.init(cluster.asDriver());
  }

  @AfterEach
  void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldKeepTheIsolatedOwnerUntilNobodyRefersToWhatItPut() {
    for (int sizeBytes : new int[] {INLINE_BYTES, STORED_BYTES}) {
      List<Loan> loans = new ArrayList<>();
      loans.add(lend(sizeBytes));
      long owner = loans.getFirst().pid();
      awaitRetained(owner);

      assertThat(loans.getFirst().refs().getFirst().get(PATIENCE)).hasSize(sizeBytes);

      loans.clear();
      awaitEnd(owner);
    }
  }

  @Test
  void shouldKeepTheOwnerWhenATaskThatItMadeStillRuns() throws IOException {
    Path file = folder.resolve("go");
    Loan loan =
        Lender.DELEGATE
            .options(o -> o.isolation(Isolation.PROCESS))
            .remote(file.toString())
            .get(PATIENCE);
    awaitRetained(loan.pid());
    Files.createFile(file);
    assertThat(loan.refs().getFirst().get(PATIENCE)).containsExactly(42);
    assertThat(ProcessHandle.of(loan.pid())).isPresent();
  }

  @Test
  void shouldKeepTheSharedOwnerThatIsMoreThanTheJobKeepsWarm() {
    // With one slot a worker and half a CPU a task there are two.
    ObjectRef<Loan> first = Lender.PUT.options(o -> o.numCpus(0.5)).remote(INLINE_BYTES);
    ObjectRef<Loan> second = Lender.PUT.options(o -> o.numCpus(0.5)).remote(STORED_BYTES);
    Loan one = first.get(PATIENCE);
    Loan other = second.get(PATIENCE);
    // It came later and owns nothing: when it has ended, the others have been idle for long enough.
    awaitEnd(Lender.PASS.options(o -> o.isolation(Isolation.PROCESS)).remote().get(PATIENCE));
    assertThat(one.refs().getFirst().get(PATIENCE)).hasSize(INLINE_BYTES);
    assertThat(other.refs().getFirst().get(PATIENCE)).hasSize(STORED_BYTES);
  }

  @Test
  void shouldStartMoreWorkersWhenOwnersThatStayFillTheLimit() {
    Loan loan = lend(INLINE_BYTES);
    awaitRetained(loan.pid());
    // With the one that the job keeps warm, these are as many as there may be.
    ActorHandle<Clerk> first = Mobula.actor(Clerk::new).options(o -> o.numCpus(0)).remote();
    ActorHandle<Clerk> second = Mobula.actor(Clerk::new).options(o -> o.numCpus(0)).remote();
    assertThat(first.call(Clerk::next).get(PATIENCE)).isEqualTo(1);
    assertThat(second.call(Clerk::next).get(PATIENCE)).isEqualTo(1);
    assertThat(loan.refs().getFirst().get(PATIENCE)).hasSize(INLINE_BYTES);
  }

  private static Loan lend(int sizeBytes) {
    return Lender.PUT.options(o -> o.isolation(Isolation.PROCESS)).remote(sizeBytes).get(PATIENCE);
  }

  /** The process is idle and was asked, and the command says so. */
  private void awaitRetained(long pid) {
    Deadline.in(PATIENCE)
        .await(
            () -> "retained worker: pid=" + pid + ", processes=" + ask().processes(),
            () ->
                ask().processes().stream()
                    .anyMatch(process ->
                        process.pid() == pid && process.kind().equals("retained worker")));
  }

  private static void awaitEnd(long pid) {
    Deadline.in(PATIENCE)
        .await("the process ends: pid=" + pid, () -> ProcessHandle.of(pid).isEmpty());
  }

  private ClusterMemory ask() {
    return new MemoryQuestion(cluster.address(), cluster.secret(), PATIENCE).ask(100);
  }
}
