package io.mobula.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.MobulaException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exactly one runtime may be on the class path. */
final class RuntimeProvidersTest {
  private static final RuntimeProvider ONE = new Provider("one");
  private static final RuntimeProvider TWO = new Provider("two");

  @Test
  void shouldNameDependencyWhenThereIsNone() {
    assertThatThrownBy(() -> RuntimeProviders.only(List.of()))
        .isInstanceOfSatisfying(
            MobulaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_MISSING))
        .hasMessageContaining("add the dependency io.mobula:mobula");
  }

  @Test
  void shouldNameClassesWhenThereAreTwo() {
    assertThatThrownBy(() -> RuntimeProviders.only(List.of(ONE, TWO)))
        .hasMessageContaining(Provider.class.getName())
        .hasMessageContaining("keep one");
  }

  @Test
  void shouldFindProviderWhenThereIsOne() {
    assertThat(RuntimeProviders.only(List.of(ONE))).isSameAs(ONE);
    assertThat(RuntimeProviders.only().getClass().getSimpleName()).isEqualTo("FakeProvider");
  }

  /** A provider that is never asked. */
  private record Provider(String name) implements RuntimeProvider {
    @Override
    public MobulaRuntime connect(InitOptions options) {
      throw new AssertionError(name);
    }
  }
}
