package io.mobula.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.CallOptions;
import io.mobula.api.function.NamedFunction;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Stubs name methods and constructors by their erased signature; a callable keeps what a runtime
 * stores in it.
 */
final class StubsTest {
  @Test
  void shouldNameMethodWhenAskedForTask() {
    RemoteCallable<TaskOverrides> task = Stubs.task(String.class, "valueOf", int.class);
    assertThat(task.function())
        .isEqualTo(new NamedFunction(String.class, "valueOf", List.of(int.class)));
    assertThat(task.options()).isEqualTo(TaskOverrides.NONE);
  }

  @Test
  void shouldNameConstructorWhenAskedForOne() {
    NamedFunction constructor = Stubs.constructor(String.class, char[].class);
    assertThat(constructor.isConstructor()).isTrue();
    assertThat(constructor.parameterTypes()).containsExactly(char[].class);
    assertThat(Stubs.method(String.class, "length").function())
        .isEqualTo(new NamedFunction(String.class, "length", List.of()));
  }

  @Test
  void shouldKeepWhatIsStoredWhenRuntimeResolves() {
    RemoteCallable<CallOptions> callable = Stubs.method(String.class, "length");
    assertThat(callable.resolved()).isNull();
    callable.setResolved("descriptor");
    assertThat(callable.resolved()).isEqualTo("descriptor");
  }
}
