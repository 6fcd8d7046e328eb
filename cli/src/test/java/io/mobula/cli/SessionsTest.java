package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionsTest {
  @TempDir Path folder;

  @Test
  void shouldKnowOnlyTheSessionsThatTheCommandMade() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("root"));
    try (SessionDirectory ours = root.createSession();
        SessionDirectory embedded = root.createSession()) {
      Sessions.mark(ours.path());
      gcs(ours.path(), 11, "127.0.0.1:6379");
      gcs(embedded.path(), 12, "127.0.0.1:7000");
      assertThat(Sessions.daemons(root))
          .containsExactly(new Sessions.Daemon("gcs-server", 11, "127.0.0.1:6379", ours.path()));
    }
  }

  @Test
  void shouldNameRayletsBeforeTheirHead() throws IOException {
    Path session = Files.createDirectory(folder.resolve("session"));
    gcs(session, 11, "127.0.0.1:6379");
    raylet(session, "n1", 12, "127.0.0.1:5001");
    raylet(session, "n2", 13, "127.0.0.1:5002");
    Files.createDirectory(session.resolve("logs"));
    assertThat(Sessions.daemonsOf(session))
        .extracting(Sessions.Daemon::kind, Sessions.Daemon::pid)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("raylet", 12L),
            org.assertj.core.groups.Tuple.tuple("raylet", 13L),
            org.assertj.core.groups.Tuple.tuple("gcs-server", 11L));
  }

  @Test
  void shouldFindNobodyWhenNoDaemonIsReadyYet() throws IOException {
    Path session = Files.createDirectory(folder.resolve("session"));
    Files.createDirectory(session.resolve("n1"));
    assertThat(Sessions.daemonsOf(session)).isEmpty();
  }

  @Test
  void shouldPassOverWhatADaemonCouldNotWriteToTheEnd() throws IOException {
    Path session = Files.createDirectory(folder.resolve("session"));
    Files.writeString(session.resolve("gcs.properties"), "");
    raylet(session, "n1", 12, "127.0.0.1:5001");
    Path cut = Files.createDirectory(session.resolve("n2"));
    Files.writeString(cut.resolve("raylet.properties"), "pid=13x\n");
    assertThat(Sessions.daemonsOf(session))
        .containsExactly(new Sessions.Daemon("raylet", 12, "127.0.0.1:5001", session));
  }

  @Test
  void shouldNameHeadsLastAlsoOfOtherSessions() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("root"));
    try (SessionDirectory head = root.createSession();
        SessionDirectory node = root.createSession()) {
      Sessions.mark(head.path());
      Sessions.mark(node.path());
      gcs(head.path(), 11, "127.0.0.1:6379");
      raylet(head.path(), "n1", 12, "127.0.0.1:5001");
      raylet(node.path(), "n2", 13, "127.0.0.1:5002");
      assertThat(Sessions.daemons(root))
          .extracting(Sessions.Daemon::pid)
          .containsExactlyInAnyOrder(11L, 12L, 13L)
          .last()
          .isEqualTo(11L);
    }
  }

  @Test
  void shouldNotMarkASessionTwice() throws IOException {
    Path session = Files.createDirectory(folder.resolve("session"));
    Sessions.mark(session);
    assertThatThrownBy(() -> Sessions.mark(session)).isInstanceOf(IOException.class);
  }

  private static void gcs(Path session, long pid, String address) throws IOException {
    Files.writeString(
        session.resolve("gcs.properties"), "pid=" + pid + "\naddress=" + address + "\n");
  }

  private static void raylet(Path session, String node, long pid, String address)
      throws IOException {
    Path directory = Files.createDirectory(session.resolve(node));
    Files.writeString(
        directory.resolve("raylet.properties"), "pid=" + pid + "\nrpcAddress=" + address + "\n");
  }
}
