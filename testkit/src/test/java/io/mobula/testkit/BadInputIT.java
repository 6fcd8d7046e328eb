package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.SerializationException;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.api.UnschedulableException;
import io.mobula.testkit.programs.Anything;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets wrong: each gives one clear error with the fix, and harms nothing. */
final class BadInputIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String OTHER_SECRET = "ab".repeat(32);

  private static TestCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            BadInputIT.class, List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @SuppressWarnings("NullAway") // Null where it can't be is what the test is about.
  void shouldSayWhatIsNullWhenItCannotBe() {
    try (Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      TaskException unboxed =
          catchThrowableOfType(
              TaskException.class,
              () -> Mobula.task(BadInputIT::half).remote((Integer) null).get(PATIENCE));
      assertThat(unboxed.getCause())
          .hasMessage(
              "null for a parameter that can't be null: method=BadInputIT.half, parameter=1,"
                  + " type=int");
      MobulaException nothing =
          catchThrowableOfType(
              MobulaException.class,
              () ->
                  Mobula.actor(BadInputIT::nothing)
                      .remote()
                      .call(AtomicInteger::get)
                      .get(PATIENCE));
      assertThat(nothing.code()).isEqualTo(ErrorCode.ACTOR_CREATION_FAILED);
      assertThat(nothing).hasMessageContaining("the factory returned null");
    }
  }

  static int half(int number) {
    return number / 2;
  }

  @SuppressWarnings("NullAway") // As above.
  static AtomicInteger nothing() {
    return null;
  }

  @Test
  void shouldNameTheAddressWhenNobodyIsThere() throws IOException {
    String address = "127.0.0.1:" + freePort();
    ClusterConnectionException refused =
        refusedInit(options -> options.address(address).token(OTHER_SECRET));
    assertThat(refused.code()).isEqualTo(ErrorCode.CLUSTER_UNREACHABLE);
    assertThat(refused).hasMessageContaining(address);
  }

  @Test
  void shouldRefuseTheDriverWhenItsSecretIsWrongOrMissing() {
    ClusterConnectionException wrong =
        refusedInit(options -> options.address(cluster.address()).token(OTHER_SECRET));
    assertThat(wrong.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(wrong).hasMessageContaining("MOBULA_TOKEN");
    ClusterConnectionException malformed =
        refusedInit(options -> options.address(cluster.address()).token("guess"));
    assertThat(malformed.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(malformed.getMessage()).doesNotContain("guess");
    ClusterConnectionException missing = refusedInit(options -> options.address(cluster.address()));
    assertThat(missing.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(missing).hasMessageContaining("MOBULA_TOKEN");
  }

  @Test
  void shouldNameTheNearestKeyWhenASettingIsUnknown() {
    assertThat(
            catchThrowableOfType(
                ConfigurationException.class,
                () -> Mobula.init(options -> options.config("raylet.num-cpu", "1"))))
        .hasMessageContaining("raylet.num-cpu")
        .hasMessageContaining("raylet.num-cpus");
  }

  @Test
  void shouldSayWhatIsWrongWhenATaskCantBeSentOrScheduled() throws Exception {
    try (Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      MobulaException twice =
          catchThrowableOfType(MobulaException.class, () -> Mobula.init(cluster.asDriver()));
      assertThat(twice.code()).isEqualTo(ErrorCode.ALREADY_INITIALIZED);

      Anything.Holder holder =
          new Anything.Holder("a", new Anything.Inner(1, Thread.currentThread()));
      assertThat(
              catchThrowableOfType(
                  SerializationException.class, () -> Anything.NAME.remote(holder)))
          .hasMessageContaining("inner.thread");

      assertThat(
              catchThrowableOfType(
                  UnschedulableException.class,
                  () -> Anything.NAME.options(o -> o.numCpus(1000)).remote("x").get(PATIENCE)))
          .hasMessageContaining("1000")
          .hasMessageContaining("CPU");

      try (URLClassLoader loader = strangers()) {
        Object stranger =
            loader.loadClass("Stranger").getDeclaredConstructor(int.class).newInstance(5);
        assertThat(
                catchThrowableOfType(
                    MobulaException.class, () -> Anything.NAME.remote(stranger).get(PATIENCE)))
            .hasMessageContaining("Stranger");
      }
      assertThat(Anything.NAME.remote("x").get(PATIENCE)).isEqualTo("java.lang.String");
    }
  }

  @Test
  void shouldEndWithOneLineWhenADaemonCantStart() throws IOException {
    String taken = cluster.address().substring(cluster.address().lastIndexOf(':') + 1);
    try (TestHome home = TestHome.create()) {
      ChildJvm port =
          daemon(
              home,
              "io.mobula.gcs.GcsMain",
              "gcs.session-directory=" + home.createSession(),
              "gcs.port=" + taken);
      assertThat(port.awaitExit(PATIENCE)).isEqualTo(1);
      assertThat(port.err().getLast()).contains(taken);
      ChildJvm key = daemon(home, "io.mobula.raylet.RayletMain", "raylet.num-cpu=1");
      assertThat(key.awaitExit(PATIENCE)).isEqualTo(2);
      assertThat(String.join("\n", key.err())).contains("raylet.num-cpus");
      ChildJvm secret =
          daemon(home, "io.mobula.raylet.RayletMain", "raylet.gcs-address=" + cluster.address());
      assertThat(secret.awaitExit(PATIENCE)).isEqualTo(1);
      assertThat(secret.err().getLast()).contains("MOBULA_TOKEN");
      home.assertNothingLeft(PATIENCE);
    }
  }

  private static ChildJvm daemon(TestHome home, String mainClass, String... settings) {
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        mainClass,
        List.of(settings),
        Map.of("TMPDIR", home.path().toString(), "MOBULA_TOKEN", OTHER_SECRET));
  }

  private static ClusterConnectionException refusedInit(Consumer<InitOptions.Builder> change) {
    ClusterConnectionException refused =
        catchThrowableOfType(ClusterConnectionException.class, () -> Mobula.init(change));
    assertThat(Mobula.isInitialized()).isFalse();
    return refused;
  }

  /** A class that this process has and no worker. */
  private URLClassLoader strangers() throws IOException {
    Path source = folder.resolve("Stranger.java");
    Files.writeString(source, "public record Stranger(int number) {}");
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
    assertThat(result).isZero();
    return new URLClassLoader(
        new URL[] {folder.toUri().toURL()}, BadInputIT.class.getClassLoader());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
