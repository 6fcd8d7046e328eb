package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.RemoteThrowable;
import io.mobula.api.SerializationException;
import io.mobula.worker.serialization.UserTypes.DetailedException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failure always arrives: as it was, or as a readable stand-in. */
@Timeout(30)
final class ThrowableCodecTest {
  private final ValueCodec codec = new ValueCodec(ThrowableCodecTest.class.getClassLoader());
  private final ValueCodec elsewhere = new ValueCodec(BareLoader.WITHOUT_TESTS);

  private Throwable sent(Throwable failure, ValueCodec to) {
    Encoding encoded = new ThrowableCodec(codec).encode(failure, ConformanceMain.NoSink.INSTANCE);
    assertThat(encoded.kind()).isEqualTo(ValueKind.THROWABLE);
    Object copy = to.decode(encoded.kind().number(), encoded.toByteArray(), new NoReferences());
    assertThat(copy).isInstanceOf(Throwable.class);
    return (Throwable) java.util.Objects.requireNonNull(copy);
  }

  private static DetailedException failure(Object detail) {
    DetailedException failure =
        new DetailedException(
            "message", new IllegalStateException("cause"), 5, Map.of("detail", detail));
    failure.addSuppressed(new ArithmeticException("suppressed"));
    return failure;
  }

  @Test
  void shouldArriveAsItWasWhenItCanBeSent() {
    Throwable copy = sent(failure("text"), codec);
    assertThat(copy)
        .isInstanceOfSatisfying(
            DetailedException.class, e -> assertThat(e.details).containsEntry("detail", "text"))
        .hasMessage("message")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldArriveAsAStandInWhenAFieldCantBeSent() {
    DetailedException failure = failure(Thread.currentThread());
    assertStandIn(sent(failure, codec), failure);
  }

  @Test
  void shouldArriveAsAStandInWhenItsClassIsMissing() {
    DetailedException failure = failure("text");
    assertStandIn(sent(failure, elsewhere), failure);
  }

  @Test
  void shouldKeepTheClassOfACauseWhenOnlyTheOutermostIsMissing() {
    assertThat(sent(failure("text"), elsewhere)).hasCauseInstanceOf(IllegalStateException.class);
  }

  private static void assertStandIn(Throwable copy, Throwable original) {
    assertThat(copy)
        .isInstanceOf(RemoteThrowable.class)
        .hasMessage("message")
        .hasToString(original.toString())
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasSuppressedException(new ArithmeticException("suppressed"));
    assertThat(((RemoteThrowable) copy).className()).isEqualTo(DetailedException.class.getName());
    assertThat(copy.getStackTrace()).isEqualTo(original.getStackTrace());
  }

  @Test
  void shouldEndWhenCausesFormACycle() {
    Exception outer = failure(Thread.currentThread());
    Exception inner = new Exception("inner", outer);
    outer.addSuppressed(inner);
    assertThat(sent(outer, codec).getSuppressed()).hasSize(2);
  }

  @Test
  void shouldRefuseBytesThatAreNoFailure() {
    byte[][] inputs = {{}, {1, 2, 3}, new byte[8], new byte[40], {-1, -1, -1, -1, -1, -1, -1, -1}};
    for (byte[] input : inputs) {
      assertThatThrownBy(() ->
              new ThrowableCodec(codec).decode(MemorySegment.ofArray(input), new NoReferences()))
          .isInstanceOf(SerializationException.class);
    }
  }

  /** Loads what the JDK has and nothing else. */
  private static final class BareLoader extends ClassLoader {
    static final ClassLoader WITHOUT_TESTS = new BareLoader();

    private BareLoader() {
      super("elsewhere", null);
    }

    @Override
    protected @Nullable Class<?> findClass(String moduleName, String name) {
      return null;
    }
  }
}
