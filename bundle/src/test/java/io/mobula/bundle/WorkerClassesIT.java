package io.mobula.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker of the one jar has loaded of it: no class of gRPC and none of Netty. */
final class WorkerClassesIT {
  @TempDir Path folder;

  /** The driver, which has both, shows that the program would see them. */
  @Test
  void shouldLoadNoGrpcAndNoNettyWhenItIsAWorker() throws Exception {
    UserProgram.Outcome outcome =
        new UserProgram("LoadedClasses", List.of(BundleJar.path()), folder).run();
    assertThat(outcome.out())
        .as(outcome.toString())
        .containsExactly(
            "task 0: unwanted=[] worker=true own=true bytes=1048576",
            "task 1: unwanted=[] worker=true own=true bytes=1048576",
            "actor: unwanted=[] worker=true own=true bytes=1048576",
            "driver has gRPC and Netty: true true",
            "open true");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
  }
}
