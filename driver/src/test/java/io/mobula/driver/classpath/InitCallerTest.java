package io.mobula.driver.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.InitOptions;
import io.mobula.api.Mobula;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Asked while {@code init} reads its options, which is then cut off. */
final class InitCallerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void shouldBeTheClassThatCallsInit() {
    Probe probe = new Probe();
    assertThatThrownBy(() -> Mobula.init(probe)).isInstanceOf(Stop.class);
    assertThat(probe.caller.get()).isEqualTo(InitCallerTest.class);
  }

  /** A program may have a class that opens its sessions; that one has the program's classes. */
  @Test
  void shouldBeTheNearestWhenSeveralClassesAreOnTheWay() {
    Probe probe = new Probe();
    assertThatThrownBy(() -> Opener.open(probe)).isInstanceOf(Stop.class);
    assertThat(probe.caller.get()).isEqualTo(Opener.class);
  }

  @Test
  void shouldSkipTheJdkWhenItCallsBack() {
    Probe probe = new Probe();
    assertThatThrownBy(() -> List.of(probe).forEach(Mobula::init)).isInstanceOf(Stop.class);
    assertThat(probe.caller.get()).isEqualTo(InitCallerTest.class);
  }

  @Test
  void shouldSkipReflectionWhenInitIsCalledByIt() throws Exception {
    Probe probe = new Probe();
    assertThatThrownBy(() -> Mobula.class.getMethod("init", Consumer.class).invoke(null, probe))
        .hasCauseInstanceOf(Stop.class);
    assertThat(probe.caller.get()).isEqualTo(InitCallerTest.class);
  }

  @Test
  void shouldBeNobodyWhenOnlyTheJdkCalls() throws Exception {
    Probe probe = new Probe();
    Thread thread = Thread.ofVirtual().unstarted(new Detached(probe));
    thread.start();
    assertThat(thread.join(PATIENCE)).isTrue();
    // The runnable is a class of the program, whoever runs it.
    assertThat(probe.caller.get()).isEqualTo(Detached.class);
    assertThat(InitCaller.find()).isNull();
  }

  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Probe implements Consumer<InitOptions.Builder> {
    private final AtomicReference<@Nullable Class<?>> caller = new AtomicReference<>();

    @Override
    public void accept(InitOptions.Builder options) {
      caller.set(InitCaller.find());
      throw new Stop();
    }
  }

  private record Detached(Probe probe) implements Runnable {
    @Override
    public void run() {
      assertThatThrownBy(() -> Mobula.init(probe)).isInstanceOf(Stop.class);
    }
  }

  private static final class Opener {
    static void open(Consumer<InitOptions.Builder> options) {
      Mobula.init(options);
    }
  }
}
