package io.mobula.driver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.SystemClock;
import io.mobula.proto.Failure;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.worker.JobJvm;
import io.mobula.raylet.worker.LastWords;
import io.mobula.raylet.worker.OutputBuffer;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.raylet.worker.WorkerStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers that never get as far as to work: each launch ends in exactly one exit. */
final class LocalWorkersTest {
  private static final Path RAYLET = Path.of("/local/raylet.sock");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final InProcessNetwork network = new InProcessNetwork();
  private final LocalWorkers workers =
      new LocalWorkers(network, LocalWorkersTest.class.getClassLoader(), SystemClock.INSTANCE);
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger ends = new AtomicInteger();
  private @Nullable AgentLoop<Runnable> raylet;

  @AfterEach
  void closeAll() {
    workers.close();
    if (raylet != null) {
      raylet.close();
    }
  }

  @Test
  void shouldExitOnceWhenNoRayletIsThere() {
    WorkerProcesses processes = open();
    launch(processes, 7);
    await().atMost(PATIENCE).until(() -> events.size() == 2);
    processes.terminate(7);
    processes.kill(7);
    workers.close();
    assertThat(events).containsExactly("launched 7", "exited 7");
    assertThat(ends).hasValue(2);
  }

  @Test
  void shouldExitWhenItsRayletDoesNotWantIt() throws Exception {
    listen(new CountDownLatch(0));
    launch(open(), 8);
    await().atMost(PATIENCE).until(() -> events.size() == 2);
    assertThat(events).containsExactly("launched 8", "exited 8");
  }

  @Test
  void shouldExitWhenItIsEndedBeforeItsRayletHasAnswered() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    listen(answer);
    WorkerProcesses processes = open();
    launch(processes, 9);
    await().atMost(PATIENCE).until(() -> events.contains("launched 9"));
    processes.terminate(9);
    processes.terminate(9);
    await().atMost(PATIENCE).until(() -> events.size() == 2);
    answer.countDown();
    assertThat(events).containsExactly("launched 9", "exited 9");
  }

  @Test
  void shouldBelongToAWorkerWhenAThreadWasStartedByOneOfItsThreads() throws Exception {
    WorkerThreads threads = new WorkerThreads("worker-1.2");
    CompletableFuture<@Nullable WorkerThreads> own = new CompletableFuture<>();
    CompletableFuture<@Nullable WorkerThreads> child = new CompletableFuture<>();
    CompletableFuture<@Nullable WorkerThreads> common = new CompletableFuture<>();
    CompletableFuture<@Nullable WorkerThreads> virtual = new CompletableFuture<>();
    Thread.ofPlatform()
        .group(threads)
        .start(() -> {
          own.complete(WorkerThreads.ofCurrentThread());
          Thread.ofPlatform().start(() -> child.complete(WorkerThreads.ofCurrentThread()));
          ForkJoinPool.commonPool().execute(() -> common.complete(WorkerThreads.ofCurrentThread()));
          Thread.ofVirtual().start(() -> virtual.complete(WorkerThreads.ofCurrentThread()));
        });
    assertThat(own.get(20, TimeUnit.SECONDS)).isSameAs(threads);
    assertThat(child.get(20, TimeUnit.SECONDS)).isSameAs(threads);
    assertThat(common.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(virtual.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(WorkerThreads.ofCurrentThread()).isNull();
  }

  private WorkerProcesses open() {
    return workers.open(
        action -> {
          action.run();
          return true;
        },
        new Recorder());
  }

  private static void launch(WorkerProcesses processes, int number) {
    processes.launch(
        new WorkerStart(number, 1, LeaseKind.SHARED, "task", 1 << 20),
        new JobJvm(List.of(), List.of()),
        Map.of(
            "MOBULA_WORKER_NUMBER", Integer.toString(number),
            "MOBULA_NODE", "1",
            "MOBULA_JOB", "1",
            "MOBULA_NODE_DIRECTORY", "/local",
            "MOBULA_RAYLET_SOCKET", RAYLET.toString(),
            "MOBULA_NAMESPACE", "test",
            "MOBULA_HOST_ID", "host"));
  }

  /** A raylet that refuses, once it may answer. */
  private void listen(CountDownLatch mayAnswer) throws Exception {
    Refusing agent = new Refusing(mayAnswer);
    raylet = AgentLoop.start(agent, LoopConfig.defaults().withNetwork(network));
    agent.listening.get(20, TimeUnit.SECONDS);
  }

  private static final class Refusing implements Agent<Runnable> {
    private final CountDownLatch mayAnswer;
    private final CompletableFuture<Boolean> listening = new CompletableFuture<>();

    Refusing(CountDownLatch mayAnswer) {
      this.mayAnswer = mayAnswer;
    }

    @Override
    public String role() {
      return "raylet-test";
    }

    @Override
    public void onStart(LoopContext context) {
      try {
        context
            .links()
            .listen(
                RAYLET,
                hello -> {
                  awaitAnswer();
                  return new Greeter.Answer.Refused(Failure.newBuilder().setMessage("no").build());
                });
        listening.complete(true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onMessage(Runnable message) {
      message.run();
    }

    private void awaitAnswer() {
      try {
        mayAnswer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Recorder implements WorkerProcesses.Events {
    @Override
    public void launched(int number, long pid) {
      events.add("launched " + number);
    }

    @Override
    public void launchFailed(int number, String message) {
      events.add("failed " + number);
    }

    @Override
    public void exited(int number, String status, LastWords lastWords) {
      events.add("exited " + number);
    }

    @Override
    public void wrote(OutputBuffer output) {
      if (output.takeEnd()) {
        ends.incrementAndGet();
      }
    }
  }
}
