package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.testkit.programs.Meaning;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a driver's JVM was started with and told, and what its workers then make of code. */
final class WorkerOptionsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> DRIVER =
      List.of(
          "-ea:io.mobula.testkit.programs...",
          "-Dfile.encoding=ISO-8859-1",
          "-Down=of the driver",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-preview");
  private static final String SAME =
      "[assertions=true, zone=Asia/Kolkata, locale=fr_CA, charset=ISO-8859-1, open=true,"
          + " preview=true, ";
  private static final String OF_WORKERS = SAME + "own=null, given=to workers]";

  @Test
  void shouldMeanTheSameWhenTheClusterIsInTheDriver() {
    try (TestHome home = TestHome.create();
        ChildJvm driver = start(home, "-XX:+UseSerialGC")) {
      assertMeansTheSame(driver);
    }
  }

  /** Its daemons have none of these options. */
  @Test
  void shouldMeanTheSameWhenTheDriverJoinsACluster() {
    try (TestCluster cluster =
            TestCluster.start(
                WorkerOptionsIT.class,
                List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m"));
        ChildJvm driver = start(cluster)) {
      assertMeansTheSame(driver);
    }
  }

  @Test
  void shouldSayWhatTheJvmSaysWhenItRefusesAnOption() {
    try (TestHome home = TestHome.create();
        ChildJvm driver = start(home, "-XX:+NoSuchOption")) {
      assertThat(driver.awaitLine("failed", PATIENCE))
          .contains("did not start")
          .contains("Unrecognized VM option 'NoSuchOption'");
    }
  }

  private static void assertMeansTheSame(ChildJvm driver) {
    assertThat(driver.awaitExit(PATIENCE)).describedAs(driver.toString()).isZero();
    assertThat(driver.out())
        .contains("driver " + SAME + "own=of the driver, given=null]", "task " + OF_WORKERS)
        .anyMatch(line -> line.matches("actor \\Q" + OF_WORKERS + "\\E heap=(29|30)\\d"));
  }

  private static ChildJvm start(TestHome home, String workerOption) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
    return start(environment, workerOption);
  }

  private static ChildJvm start(TestCluster cluster) {
    Map<String, String> environment = new HashMap<>(cluster.home().environment());
    environment.put("MOBULA_ADDRESS", cluster.address());
    environment.put("MOBULA_TOKEN", cluster.secret());
    return start(environment, "-XX:+UseSerialGC");
  }

  private static ChildJvm start(Map<String, String> environment, String workerOption) {
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        DRIVER,
        Meaning.class.getName(),
        List.of(workerOption),
        environment);
  }
}
