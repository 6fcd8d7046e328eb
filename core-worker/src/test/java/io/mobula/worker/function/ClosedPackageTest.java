package io.mobula.worker.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

final class ClosedPackageTest {
  @Test
  void shouldOpenToAllWhenMobulaIsOnTheClassPath() {
    assertThat(ClosedPackage.reason(String.class, ClosedPackageTest.class.getModule()))
        .contains("\"opens java.lang;\" in the module-info.java of java.base")
        .endsWith("--add-opens java.base/java.lang=ALL-UNNAMED");
  }

  @Test
  void shouldOpenToMobulaWhenItIsAModule() {
    Module named = Logger.class.getModule();
    assertThat(ClosedPackage.reason(String.class, named))
        .contains("\"opens java.lang to java.logging;\"")
        .endsWith("--add-opens java.base/java.lang=java.logging");
  }
}
