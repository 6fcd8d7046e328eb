package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.GetTimeoutException;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.SerializationException;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API on threads of the program, without a loop. */
@Timeout(60)
final class ClusterRuntimeTest {
  private final UserRig rig = new UserRig();
  private final ObjectEntry slow = ObjectEntry.pending(rig.nextKey());
  private final ObjectEntry failing = ObjectEntry.pending(rig.nextKey());
  private final ObjectEntry alsoFailing = ObjectEntry.pending(rig.nextKey());

  @AfterEach
  void close() {
    rig.close();
  }

  private static Outcome failed(String message) {
    return new Outcome.Failed(Failures.of(FailureKind.OBJECT_LOST, message));
  }

  private List<ObjectRef<Object>> refs(ObjectEntry... entries) {
    return java.util.Arrays.stream(entries).map(rig::<Object>ref).toList();
  }

  private Outcome value(Object value) {
    EncodedValue encoded = rig.encode(value).getValue();
    return new Outcome.Inline(encoded.getKind(), encoded.getData().toByteArray());
  }

  @Test
  void shouldThrowAtOnceWhenOneOfManyHasFailed() {
    failing.complete(failed("first"));
    assertThatThrownBy(() -> rig.runtime.get(refs(slow, failing), null))
        .isInstanceOf(ObjectLostException.class)
        .hasMessageContaining("first");
  }

  @Test
  void shouldThrowAsSoonAsOneFailsWhenOthersAreNotReady() throws Exception {
    List<ObjectRef<Object>> refs = refs(slow, failing, alsoFailing);
    FutureTask<Object> get = new FutureTask<>(() -> rig.runtime.get(refs, null));
    Thread thread = Thread.ofPlatform().start(get);
    awaitWaiting(thread);
    failing.complete(failed("second in the list"));
    assertThatThrownBy(() -> get.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ObjectLostException.class)
        .hasMessageContaining("second in the list");
  }

  @Test
  void shouldThrowTheFirstOfTheListWhenSeveralHaveFailed() {
    alsoFailing.complete(failed("third in the list"));
    failing.complete(failed("second in the list"));
    assertThatThrownBy(() -> rig.runtime.get(refs(slow, failing, alsoFailing), null))
        .hasMessageContaining("second in the list");
  }

  @Test
  void shouldGiveAllValuesWhenNoneFails() {
    slow.complete(value("a"));
    failing.complete(value(1));
    assertThat(rig.runtime.get(refs(slow, failing), Duration.ofSeconds(20)))
        .containsExactly("a", 1);
  }

  @Test
  void shouldThrowTheTimeoutWhenNothingFails() {
    failing.complete(value(1));
    assertThatThrownBy(() -> rig.runtime.get(refs(slow, failing), Duration.ZERO))
        .isInstanceOf(GetTimeoutException.class);
  }

  @Test
  void shouldCompleteAFutureWhateverDecodingThrows() {
    slow.complete(value(new Misbehaviour.Hooked(Misbehaviour.LARGE_ALLOCATION, true)));
    failing.complete(value(new Misbehaviour.Hooked(Misbehaviour.NO_CLASS, true)));
    assertThatThrownBy(() -> future(slow).get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> future(failing).get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SerializationException.class);
  }

  @Test
  void shouldShowAStandInWhenAnExceptionCantBeDecodedHere() {
    EncodedValue encoded =
        rig.encode(new Misbehaviour.Hooked(Misbehaviour.THROWS_EVERYWHERE, true)).getValue();
    Failure failure =
        Failure.newBuilder()
            .setKind(FailureKind.TASK_FAILED)
            .setExceptionClass("com.example.Gone")
            .setExceptionMessage("as the worker saw it")
            .setException(encoded)
            .build();
    slow.complete(new Outcome.Failed(failure));
    assertThatThrownBy(() -> rig.runtime.get(slow, null))
        .hasMessageContaining("com.example.Gone: as the worker saw it")
        .cause()
        .hasMessage("as the worker saw it");
  }

  private CompletableFuture<?> future(ObjectEntry entry) {
    return rig.runtime.future(entry);
  }

  /** Until it sleeps in a wait. */
  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      if (!thread.isAlive()) {
        throw new AssertionError("it did not wait");
      }
      Thread.onSpinWait();
    }
  }
}
