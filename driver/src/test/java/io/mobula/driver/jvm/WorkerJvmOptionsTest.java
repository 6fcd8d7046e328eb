package io.mobula.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.InitOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerJvmOptionsTest {
  @Test
  void shouldPutTheUsersOptionsLastWhenThereAreOthers() {
    InitOptions init =
        InitOptions.of(o ->
            o.workerJvmOptions(List.of("-Xmx1g", "-Dz=3"))
                .workerSystemProperties(Map.of("z", "2", "a", "1 2")));
    assertThat(WorkerJvmOptions.ofUser(init))
        .containsExactly("-Da=1 2", "-Dz=2", "-Xmx1g", "-Dz=3");
    List<String> all = WorkerJvmOptions.of(init);
    assertThat(all).endsWith("-Da=1 2", "-Dz=2", "-Xmx1g", "-Dz=3");
    assertThat(all).anyMatch(option -> option.startsWith("-Duser.language="));
    // Tests run with assertions.
    assertThat(all).contains("-ea");
  }
}
