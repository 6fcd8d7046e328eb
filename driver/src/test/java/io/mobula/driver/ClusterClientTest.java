package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.WaitInterruptedException;
import io.mobula.gcs.GcsConfig;
import io.mobula.gcs.GcsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody hears who asks a daemon: a real one, one that is not there, and others' ports. */
final class ClusterClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration BRIEFLY = Duration.ofMillis(300);

  private final ClusterSecret secret = ClusterSecret.generate();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  @TempDir private Path folder;
  private SessionDirectory session;

  @BeforeEach
  void createSession() throws IOException {
    session = SessionRoot.open(folder.resolve("root")).createSession();
    toClose.add(session);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void shouldTellOfAClusterThatIsEmpty() throws Exception {
    GcsServer head = startHead();
    ClusterStatus status = client(head, secret).status();
    assertThat(status.clusterId()).isEqualTo(Long.toHexString(head.clusterId()));
    assertThat(status.nodes()).isEmpty();
    assertThat(status.jobs()).isEmpty();
    assertThat(status.actors()).isEmpty();
  }

  @Test
  void shouldAnswerManyWhoAskAtOnce() throws Exception {
    GcsServer head = startHead();
    try (ExecutorService askers = Executors.newFixedThreadPool(8)) {
      List<Future<ClusterStatus>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(askers.submit(() -> client(head, secret).status()));
      }
      for (Future<ClusterStatus> answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS).clusterId())
            .isEqualTo(Long.toHexString(head.clusterId()));
      }
    }
  }

  @Test
  void shouldNameAddressAndFixWhenTheSecretIsWrong() throws Exception {
    GcsServer head = startHead();
    MobulaException refused =
        catchThrowableOfType(
            MobulaException.class, () -> client(head, ClusterSecret.generate()).status());
    assertThat(refused).isInstanceOf(ClusterConnectionException.class);
    assertThat(refused.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(refused).hasMessageContaining(head.address().toString());
    assertThat(refused.getMessage()).doesNotContain(secret.hex());
  }

  @Test
  void shouldSayThatNobodyAnswersWhenThePortIsClosed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    ClusterConnectionException failure =
        catchThrowableOfType(
            ClusterConnectionException.class,
            () -> new ClusterClient(address, secret.hex(), PATIENCE).status());
    assertThat(failure.code()).isEqualTo(ErrorCode.CLUSTER_UNREACHABLE);
    assertThat(failure).hasMessageContaining("address=" + address);
  }

  @Test
  void shouldGiveUpInTimeWhenThePortIsOfSomethingSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      long start = System.nanoTime();
      ClusterConnectionException failure =
          catchThrowableOfType(
              ClusterConnectionException.class,
              () -> new ClusterClient(address, secret.hex(), BRIEFLY).status());
      assertThat(failure.code()).isEqualTo(ErrorCode.CLUSTER_UNREACHABLE);
      assertThat(failure).hasMessageContaining(address);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
    }
  }

  @Test
  void shouldSayWhatIsWrongWhenAWebServerAnswers() throws Exception {
    Thread server;
    try (ServerSocket web = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      server = Thread.ofVirtual().start(() -> answerAsWebServer(web));
      String address = "127.0.0.1:" + web.getLocalPort();
      ClusterClient client = new ClusterClient(address, secret.hex(), PATIENCE);
      MobulaException failure = catchThrowableOfType(MobulaException.class, client::status);
      assertThat(failure).hasMessageContaining(address).hasMessageContaining("Mobula daemon");
    }
    server.join();
  }

  private static void answerAsWebServer(ServerSocket web) {
    while (!web.isClosed()) {
      try (Socket caller = web.accept();
          OutputStream out = caller.getOutputStream()) {
        out.write(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // The test is over, or the caller has gone.
      }
    }
  }

  @Test
  void shouldStayInterruptedWhenItIsInterrupted() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      Thread.currentThread().interrupt();
      WaitInterruptedException failure =
          catchThrowableOfType(
              WaitInterruptedException.class,
              () -> new ClusterClient(address, secret.hex(), PATIENCE).status());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure).hasMessageContaining("address=" + address);
    }
  }

  @Test
  void shouldEndTheDaemonWithTheReasonThatIsGiven() throws Exception {
    GcsServer head = startHead();
    Thread closer =
        Thread.ofVirtual()
            .start(() -> {
              head.endRequested().join();
              head.close();
            });
    client(head, secret).shutDown("maintenance");
    assertThat(head.endRequested().get(20, TimeUnit.SECONDS)).isEqualTo("maintenance");
    closer.join();
    ClusterConnectionException gone =
        catchThrowableOfType(ClusterConnectionException.class, () -> client(head, secret).status());
    assertThat(gone.code()).isEqualTo(ErrorCode.CLUSTER_UNREACHABLE);
  }

  @Test
  void shouldNotEndTheDaemonOfAnotherSecret() throws Exception {
    GcsServer head = startHead();
    ClusterConnectionException refused =
        catchThrowableOfType(
            ClusterConnectionException.class,
            () -> client(head, ClusterSecret.generate()).shutDown("no"));
    assertThat(refused.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    assertThat(head.endRequested()).isNotDone();
    assertThat(client(head, secret).status().nodes()).isEmpty();
  }

  @Test
  void shouldHaveNoNodesToAskForMemoryWhenThereAreNone() throws Exception {
    GcsServer head = startHead();
    ClusterMemory memory =
        new MemoryQuestion(head.address().toString(), secret.hex(), PATIENCE).ask(10);
    assertThat(memory.nodes()).isEmpty();
    assertThat(memory.objects()).isEmpty();
    assertThat(memory.isTruncated()).isFalse();
  }

  @Test
  void shouldLeaveNoThreadsBehind() throws Exception {
    GcsServer head = startHead();
    client(head, secret).status();
    for (int i = 0; i < 5; i++) {
      client(head, secret).status();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("client")));
  }

  private GcsServer startHead() throws Exception {
    GcsServer head = GcsServer.start(GcsConfig.embedded(session.path(), secret));
    toClose.add(head);
    return head;
  }

  private static ClusterClient client(GcsServer head, ClusterSecret secret) {
    return new ClusterClient(head.address().toString(), secret.hex(), PATIENCE);
  }
}
