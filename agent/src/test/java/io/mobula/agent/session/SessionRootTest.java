package io.mobula.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionRootTest {
  @TempDir private Path folder;

  @Test
  void shouldCreatePrivateDirectoriesWhenOpened() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("mobula-me"));
    try (SessionDirectory session = root.createSession();
        NodeDirectory node = session.createNode()) {
      for (Path path :
          List.of(root.path(), session.path(), session.logs(), node.path(), node.packages())) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo("rwx------");
      }
      assertThat(session.path().getFileName().toString()).matches("s-[0-9a-z]{8}");
      assertThat(node.path().getFileName().toString()).matches("n[0-9a-z]{4}");
    }
  }

  @Test
  void shouldRefuseWhenTheDirectoryIsOpenToOthers() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> SessionRoot.open(open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("open to other users: path=" + open + ", mode=rwxr-x---")
        .hasMessageContaining("chmod 700");
  }

  @Test
  void shouldRefuseWhenTheDirectoryIsASymbolicLink() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    assertThatThrownBy(() -> SessionRoot.open(link)).hasMessageContaining("symbolic link");
  }

  @Test
  void shouldNameTheRootAfterTheUserWhenAskedForTheDefault() {
    Properties properties = new Properties();
    properties.setProperty("java.io.tmpdir", "/var/tmp");
    properties.setProperty("user.name", "a b/c");
    assertThat(SessionRoot.defaultPath(Map.of(), properties))
        .isEqualTo(Path.of("/var/tmp/mobula-a_b_c"));
    assertThat(SessionRoot.defaultPath(Map.of("TMPDIR", "/scratch/"), properties))
        .isEqualTo(Path.of("/scratch/mobula-a_b_c"));
  }

  @Test
  void shouldKeepASessionWhenItsMakerLives() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    try (SessionDirectory session = root.createSession()) {
      assertThat(root.sweep()).isEqualTo(new SweepReport(List.of(), List.of()));
      assertThat(root.sessions()).containsExactly(session.path());
    }
  }

  @Test
  void shouldKeepASessionWhenOnlyItsGcsOrANodeLives() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    SessionDirectory session = root.createSession();
    DirectoryLock gcs = session.lockForGcs();
    session.close();
    assertThat(root.sweep().sessions()).isEmpty();
    NodeDirectory node = session.createNode();
    gcs.close();
    assertThat(root.sweep().sessions()).isEmpty();
    assertThat(node.path()).exists();
    node.close();
    assertThat(node.path()).doesNotExist();
    assertThat(root.sweep().sessions()).containsExactly(session.path());
    assertThat(session.path()).doesNotExist();
  }

  @Test
  void shouldRefuseASecondGcsWhenOneLives() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    try (SessionDirectory session = root.createSession();
        DirectoryLock gcs = session.lockForGcs()) {
      assertThat(gcs).isNotNull();
      assertThatThrownBy(session::lockForGcs).hasMessageContaining("another GCS");
    }
  }

  @Test
  void shouldDeleteStoreFilesAndNeverFollowLinksWhenASessionIsDead() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    Path store = Files.writeString(folder.resolve("store"), "objects");
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("file"), "kept");
    SessionDirectory session = root.createSession();
    Path node = abandonedNode(session, store);
    Files.createSymbolicLink(node.resolve("link"), precious);
    session.close();
    assertThat(root.sweep().sessions()).containsExactly(session.path());
    assertThat(store).doesNotExist();
    assertThat(precious.resolve("file")).exists();
  }

  @Test
  void shouldRemoveOnlyTheDeadNodeWhenTheSessionLives() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    Path store = Files.writeString(folder.resolve("store"), "objects");
    try (SessionDirectory session = root.createSession();
        NodeDirectory alive = session.createNode()) {
      Path dead = abandonedNode(session, store);
      assertThat(root.sweep()).isEqualTo(new SweepReport(List.of(), List.of(dead)));
      assertThat(alive.path()).exists();
      assertThat(store).doesNotExist();
      assertThat(NodeDirectory.removeIfDead(alive.path())).isFalse();
      assertThat(NodeDirectory.removeIfDead(dead)).isFalse();
    }
  }

  @Test
  void shouldRemoveDirectoriesThatNeverGotTheirNameWhenSweeping() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    Path unnamed = Files.createDirectory(root.path().resolve(".new-s-00000000"));
    root.sweep();
    assertThat(unnamed).doesNotExist();
  }

  @Test
  void shouldDeleteEachDeadSessionOnceWhenManySweepWhileOthersStart() throws Exception {
    SessionRoot root = SessionRoot.open(folder.resolve("r"));
    int sessionCount = 40;
    for (int i = 0; i < sessionCount; i++) {
      root.createSession().close();
    }
    List<SessionDirectory> living = new ArrayList<>();
    List<Path> swept = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<SweepReport>> sweeps = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        sweeps.add(executor.submit(root::sweep));
        living.add(root.createSession());
      }
      for (Future<SweepReport> sweep : sweeps) {
        swept.addAll(sweep.get().sessions());
      }
    }
    swept.addAll(root.sweep().sessions());
    assertThat(swept).hasSize(sessionCount).doesNotHaveDuplicates();
    assertThat(root.sessions())
        .containsExactlyInAnyOrderElementsOf(living.stream().map(SessionDirectory::path).toList());
    for (SessionDirectory session : living) {
      session.close();
    }
  }

  /** A node as a killed raylet leaves it: everything there, the lock free. */
  private static Path abandonedNode(SessionDirectory session, Path store) throws IOException {
    Path path;
    try (NodeDirectory node = session.createNode()) {
      path = node.path();
    }
    Files.createDirectory(path);
    Files.createFile(path.resolve(NodeDirectory.LOCK));
    Files.writeString(path.resolve("store.path"), store.toString());
    return path;
  }
}
