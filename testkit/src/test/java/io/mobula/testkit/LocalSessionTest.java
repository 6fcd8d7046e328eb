package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mobula.api.ActorHandle;
import io.mobula.api.ConfigurationException;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.SessionClosedException;
import io.mobula.api.TaskException;
import io.mobula.testkit.programs.Everyday;
import io.mobula.testkit.programs.Stubborn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What is particular to a session whose workers are threads of its process. */
final class LocalSessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MANY = 100;
  private static final long HEAP_GROWTH_MAX = 16L << 20;

  @Test
  void shouldHaveNoOtherProcess() {
    long children = ProcessHandle.current().children().count();
    try (Session session = open()) {
      assertThat(session).isNotNull();
      ActorHandle<Everyday.Counter> counter = Mobula.actor(Everyday.Counter::new).remote(1);
      assertThat(counter.call(Everyday.Counter::add, 1).get(PATIENCE)).isEqualTo(2);
      assertThat(Everyday.FIBONACCI.remote(4).get(PATIENCE)).isEqualTo(3);
      assertThat(ProcessHandle.current().children().count()).isEqualTo(children);
    }
  }

  @Test
  void shouldLeaveNothingWhenManySessionsAreOpenedAndClosed() {
    openAndClose();
    LeftoverThreads before = LeftoverThreads.now();
    long heap = usedHeapBytes();
    for (int i = 0; i < MANY; i++) {
      openAndClose();
    }
    before.assertNoneLeft(PATIENCE);
    assertThat(usedHeapBytes() - heap).isLessThan(HEAP_GROWTH_MAX);
  }

  @Test
  void shouldLeaveNothingWhenWorkIsCutOff() throws Exception {
    openAndClose();
    Stubborn.RUNNING.set(new CompletableFuture<>());
    LeftoverThreads before = LeftoverThreads.now();
    ObjectRef<Integer> never;
    try (Session session = open()) {
      assertThat(session).isNotNull();
      never = Mobula.task(Stubborn::startThread).remote();
      ActorHandle<Everyday.Counter> counter =
          Mobula.actor(Everyday.Counter::new).options(o -> o.maxConcurrency(4)).remote(1);
      for (int i = 0; i < 8; i++) {
        assertThat(counter.call(Everyday.Counter::never)).isNotNull();
      }
      assertThat(counter.call(Everyday.Counter::worker)).isNotNull();
      Thread started = Stubborn.RUNNING.get().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(started.isAlive()).isTrue();
    }
    before.assertNoneLeft(PATIENCE);
    assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> never.get(PATIENCE));
  }

  @Test
  void shouldNameThreadsInOneWarningWhenUserCodeDoesNotEnd() throws Exception {
    Stubborn.RUNNING.set(new CompletableFuture<>());
    CountDownLatch release = new CountDownLatch(1);
    Stubborn.RELEASE.set(release);
    List<String> warnings = new ArrayList<>();
    Logger logger = Logger.getLogger("io.mobula.driver.local.LocalWorkers");
    Handler handler = new Collector(warnings);
    logger.addHandler(handler);
    Thread running;
    try (Session session = open()) {
      assertThat(session).isNotNull();
      assertThat(Mobula.task(Stubborn::ignoreInterrupts).remote()).isNotNull();
      running = Stubborn.RUNNING.get().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.getFirst()).contains("goes on after the session", running.getName());
    release.countDown();
    assertThat(running.join(PATIENCE)).isTrue();
  }

  @Test
  void shouldRefuseAnotherWorkersRefInATaskAndSayHowToPassIt() {
    try (Session session = open()) {
      assertThat(session).isNotNull();
      Stubborn.keep(Mobula.put(5));
      assertThatExceptionOfType(TaskException.class)
          .isThrownBy(() -> Mobula.task(Stubborn::useKept).remote().get(PATIENCE))
          .satisfies(e ->
              assertThat(e.getCause())
                  .isInstanceOf(SessionClosedException.class)
                  .hasMessageContaining("pass it as an argument"));
      // The driver's threads may act for whoever made the ref that they give.
      Mobula.task(Stubborn::keepOwn).remote().get(PATIENCE);
      assertThat(Mobula.get(List.of(Stubborn.kept()))).containsExactly(11);
      assertThat(Stubborn.kept().get(PATIENCE)).isEqualTo(11);
    } finally {
      Stubborn.keep(null);
    }
  }

  @Test
  void shouldRefuseAnAddressAndSeveralNodes() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(true).address("head:6379")))
        .withMessageContaining("local")
        .withMessageContaining("address");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(true).config("driver.nodes", "2")))
        .withMessageContaining("a local cluster has one node");
    assertThat(Mobula.isInitialized()).isFalse();
  }

  @Test
  void shouldStartWhenTheSettingAsksForIt() {
    try (Session session = Mobula.init(o -> o.config("driver.local", "true").numCpus(1))) {
      assertThat(session).isNotNull();
      Stubborn.keep(null);
      Mobula.task(Stubborn::keepOwn).remote().get(PATIENCE);
      // Statics are shared, so it ran here.
      assertThat(Stubborn.kept()).isNotNull();
    } finally {
      Stubborn.keep(null);
    }
  }

  private static void openAndClose() {
    try (Session session = open()) {
      assertThat(session).isNotNull();
      assertThat(Everyday.FIBONACCI.remote(3).get(PATIENCE)).isEqualTo(2);
    }
  }

  private static Session open() {
    return Mobula.init(o -> o.local(true).numCpus(2).objectStoreBytes(16L << 20));
  }

  private static long usedHeapBytes() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }

  private static final class Collector extends Handler {
    private final List<String> texts;

    Collector(List<String> texts) {
      this.texts = texts;
    }

    @Override
    public void publish(LogRecord record) {
      texts.add(java.text.MessageFormat.format(record.getMessage(), record.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
