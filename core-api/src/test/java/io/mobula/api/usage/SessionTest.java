package io.mobula.api.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.Task1;
import io.mobula.api.WaitResult;
import io.mobula.api.spi.RuntimeHolder;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions begin and end as promised, and everything else says so when there is none. */
final class SessionTest {
  private static int square(int x) {
    return x * x;
  }

  @AfterEach
  void shutdown() {
    Mobula.shutdown();
  }

  private static RecordingRuntime runtime() {
    return (RecordingRuntime) RuntimeHolder.current();
  }

  private static void assertCode(ErrorCode code, String text, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(MobulaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  @Test
  void shouldBeInitializedWhileSessionIsOpen() {
    assertThat(Mobula.isInitialized()).isFalse();
    RecordingRuntime runtime;
    try (Session session = Mobula.init()) {
      assertThat(session).isNotNull();
      assertThat(Mobula.isInitialized()).isTrue();
      runtime = runtime();
    }
    assertThat(Mobula.isInitialized()).isFalse();
    assertThat(runtime.closeCount()).isEqualTo(1);
  }

  @Test
  void shouldCloseOnceWhenShutDownAndClosed() {
    Session session = Mobula.init();
    RecordingRuntime runtime = runtime();
    Mobula.shutdown();
    session.close();
    Mobula.shutdown();
    assertThat(runtime.closeCount()).isEqualTo(1);
  }

  @Test
  void shouldLeaveNewSessionOpenWhenOldOneIsClosedAgain() {
    Session first = Mobula.init();
    first.close();
    Session second = Mobula.init();
    first.close();
    assertThat(Mobula.isInitialized()).isTrue();
    second.close();
  }

  @Test
  void shouldRefuseWhenInitializedTwice() {
    Session session = Mobula.init();
    assertCode(ErrorCode.ALREADY_INITIALIZED, "close it first", Mobula::init);
    session.close();
  }

  @Test
  void shouldRefuseWhenInitializedOrShutDownInWorker() {
    RecordingRuntime runtime = new RecordingRuntime();
    RuntimeHolder.install(runtime);
    try {
      assertCode(ErrorCode.ALREADY_INITIALIZED, "without Mobula.init()", Mobula::init);
      assertCode(ErrorCode.WRONG_PROCESS, "only the driver", Mobula::shutdown);
      assertThat(runtime.closeCount()).isZero();
    } finally {
      RuntimeHolder.clear(runtime);
    }
  }

  @Test
  void shouldConnectAgainWhenConnectingFailed() {
    assertThatThrownBy(() -> Mobula.init(o -> o.address(FakeProvider.UNREACHABLE)))
        .hasMessage("unreachable");
    assertThat(Mobula.isInitialized()).isFalse();
    Mobula.init().close();
  }

  @Test
  void shouldNameInitWhenThereIsNoSession() {
    Task1<Integer, Integer> square = Mobula.task(SessionTest::square);
    ActorHandle<String> handle = new FakeHandle<>("actor");
    List<ObjectRef<Integer>> refs = List.of(FakeRef.of("a", 1));
    List<ThrowingCallable> uses =
        List.of(
            () -> square.remote(1),
            () -> handle.call(String::length),
            () -> handle.method(String::length).remote(),
            () -> Mobula.put(1),
            () -> Mobula.get(refs),
            () -> Mobula.wait(refs, 1),
            () -> Mobula.getActor("a"),
            Mobula::exitActor,
            Mobula::context,
            Mobula::nodes,
            Mobula::clusterResources,
            Mobula::availableResources);
    for (ThrowingCallable use : uses) {
      assertCode(ErrorCode.NOT_INITIALIZED, "call Mobula.init() first", use);
    }
  }

  @Test
  void shouldAnswerWhenSessionIsOpen() {
    Session session = Mobula.init(o -> o.numCpus(2));
    List<ObjectRef<Integer>> refs = List.of(FakeRef.of("a", 1), FakeRef.of("b", 2));
    assertThat(Mobula.put(5).get()).isEqualTo(5);
    assertThat(Mobula.get(refs)).containsExactly(1, 2);
    assertThat(runtime().lastTimeout()).isNull();
    assertThat(Mobula.get(refs, Duration.ofSeconds(1))).containsExactly(1, 2);
    assertThat(runtime().lastTimeout()).isEqualTo(Duration.ofSeconds(1));
    WaitResult<Integer> one = Mobula.wait(refs, 1, Duration.ZERO);
    assertThat(one.ready()).hasSize(1);
    assertThat(one.pending()).hasSize(1);
    assertThat(Mobula.<String>getActor("a").orElseThrow().id()).isEqualTo("null/a");
    assertThat(Mobula.<String>getActor("a", "ns").orElseThrow().id()).isEqualTo("ns/a");
    assertThat(Mobula.getActor("nobody")).isEmpty();
    assertThat(Mobula.context().jobId()).isEqualTo("job");
    assertThat(Mobula.nodes()).hasSize(1);
    assertThat(Mobula.clusterResources()).containsEntry("CPU", 2.0);
    assertThat(Mobula.availableResources()).containsEntry("CPU", 1.0);
    session.close();
  }

  @Test
  void shouldRefuseArgumentsWhenTheyMakeNoSense() {
    Session session = Mobula.init();
    List<ObjectRef<Integer>> refs = List.of(FakeRef.of("a", 1), FakeRef.of("b", 2));
    List<ObjectRef<Integer>> twice = List.of(FakeRef.of("a", 1), FakeRef.of("a", 1));
    assertThatThrownBy(() -> Mobula.wait(refs, 0)).hasMessageContaining("give 1 to 2");
    assertThatThrownBy(() -> Mobula.wait(refs, 3)).hasMessageContaining("readyCount=3, refs=2");
    assertThatThrownBy(() -> Mobula.wait(List.<ObjectRef<Integer>>of(), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Mobula.wait(twice, 1)).hasMessageContaining("more than once");
    assertThatThrownBy(() -> Mobula.get(refs, Duration.ofNanos(-1)))
        .hasMessageContaining("give zero");
    assertCode(ErrorCode.OPTION_INVALID, "not empty", () -> Mobula.getActor(" "));
    session.close();
  }
}
