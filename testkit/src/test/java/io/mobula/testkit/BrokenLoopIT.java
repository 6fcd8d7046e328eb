package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobula.api.ClusterConnectionException;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.WorkerDiedException;
import io.mobula.testkit.programs.Attempts;
import io.mobula.testkit.programs.Broken;
import io.mobula.testkit.programs.Sums;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes whose loop fails by an error of its own: they say so and end, or their session does.
 */
final class BrokenLoopIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void shouldEndWorkerWithReasonWhenItsLoopFails() {
    try (Session session = open()) {
      assertThat(session).isNotNull();
      assertThatExceptionOfType(WorkerDiedException.class)
          .isThrownBy(() -> Broken.LOOP.options(o -> o.maxRetries(0)).remote().get(PATIENCE))
          .withMessageContaining("exit code 80");
      assertThat(Sums.INC.remote(1).get(PATIENCE)).as("another worker").isEqualTo(2);
    }
  }

  @Test
  void shouldLoseSessionAndServeTheNextWhenTheDriversLoopFails() throws Exception {
    try (Session session = open()) {
      assertThat(session).isNotNull();
      ObjectRef<Long> hanging = Attempts.HANG.remote(folder.toString());
      CompletableFuture<Long> future = hanging.toFuture();
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(hanging::get)));
      Deadline.in(PATIENCE).await("the task runs", () -> Attempts.pids(folder).size() == 1);
      Broken.breakLoop();
      assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(ClusterConnectionException.class);
      assertThat(catchThrowable(() -> future.get(30, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(ClusterConnectionException.class);
      assertThat(catchThrowable(() -> Mobula.put(new byte[1 << 20])))
          .isInstanceOf(MobulaException.class);
      assertThat(catchThrowable(() -> Sums.INC.remote(1).get(PATIENCE)))
          .isInstanceOf(MobulaException.class);
    }
    try (Session next = open()) {
      assertThat(next).isNotNull();
      assertThat(Sums.INC.remote(1).get(PATIENCE)).isEqualTo(2);
    }
  }

  @Test
  void shouldCloseWholeWhenClosedByManyThreadsAmidCallsOfMany() throws Exception {
    LeftoverThreads threads = LeftoverThreads.now();
    Session session = open();
    byte[] big = new byte[1 << 20];
    CompletableFuture<?>[] users = new CompletableFuture<?>[6];
    for (int i = 0; i < users.length; i++) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      users[i] = ended;
      int kind = i;
      Thread.ofPlatform()
          .start(() ->
              ended.complete(
                  catchThrowable(() -> {
                    while (true) {
                      switch (kind % 3) {
                        case 0 -> Mobula.put(big).get();
                        case 1 -> Sums.INC.remote(1).get();
                        default -> Sums.INC.remote(1).toFuture().get();
                      }
                    }
                  })));
    }
    assertThat(Sums.INC.remote(1).get(PATIENCE)).isEqualTo(2);
    Thread[] closing = new Thread[3];
    for (int i = 0; i < closing.length; i++) {
      int number = i;
      closing[i] =
          Thread.ofPlatform()
              .start(() -> {
                if (number > 0) {
                  Thread.currentThread().interrupt();
                }
                session.close();
              });
    }
    for (Thread thread : closing) {
      assertThat(thread.join(PATIENCE)).isTrue();
    }
    for (CompletableFuture<?> user : users) {
      Throwable thrown = (Throwable) user.get(30, TimeUnit.SECONDS);
      Throwable own = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
      assertThat(own).isInstanceOf(MobulaException.class);
    }
    threads.assertNoneLeft(PATIENCE);
  }

  private static Session open() {
    return Mobula.init(o -> o.numCpus(1).objectStoreBytes(64L << 20));
  }
}
