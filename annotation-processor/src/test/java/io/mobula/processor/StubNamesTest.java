package io.mobula.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Names stay as wanted as long as the erased signature is free. */
final class StubNamesTest {
  private final StubNames names = new StubNames();

  @Test
  void shouldKeepNameWhenSignatureIsFree() {
    assertThat(names.ofValues("f", List.of("int"))).isEqualTo("f");
    assertThat(names.ofValues("f", List.of("long"))).isEqualTo("f");
    assertThat(names.ofArgs("f", List.of("int"))).isEqualTo("f");
    assertThat(names.ofArgs("f", List.of("int", "int"))).isEqualTo("f");
  }

  @Test
  void shouldAddTypesWhenArgsClash() {
    names.ofArgs("f", List.of("int"));
    assertThat(names.ofArgs("f", List.of("java.lang.String"))).isEqualTo("f_String");
    assertThat(names.ofArgs("f", List.of("int[]"))).isEqualTo("f_intArray");
    assertThat(names.ofArgs("f", List.of("other.String"))).isEqualTo("f_String_");
  }

  @Test
  void shouldAddUnderscoreWhenValuesClash() {
    names.reserve("handle");
    assertThat(names.ofValues("handle", List.of())).isEqualTo("handle_");
    assertThat(names.ofValues("handle", List.of())).isEqualTo("handle__");
    assertThat(names.ofValues("toString", List.of())).isEqualTo("toString_");
    assertThat(names.ofValues("wait", List.of("long"))).isEqualTo("wait_");
  }
}
