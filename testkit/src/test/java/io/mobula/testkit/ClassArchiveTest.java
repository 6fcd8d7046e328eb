package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassArchiveTest {
  @TempDir Path folder;
  private ClassArchive archive;

  @BeforeEach
  void setUp() {
    archive = new ClassArchive(folder.resolve("classes.jsa"));
  }

  @Test
  void shouldPutItsJarsFirstWhenThereIsAnArchive() throws IOException {
    make("/a.jar", "/b.jar");

    assertThat(archive.arguments("/tests:/b.jar:/c.jar:/a.jar"))
        .containsSubsequence(
            "-XX:SharedArchiveFile=" + archive.file(), "-cp", "/a.jar:/b.jar:/tests:/c.jar");
  }

  @Test
  void shouldLeaveTheClassPathAloneWhenAJarOfTheArchiveIsNotOnIt() throws IOException {
    make("/a.jar", "/b.jar");

    assertThat(archive.arguments("/tests:/b.jar")).containsExactly("-cp", "/tests:/b.jar");
  }

  @Test
  void shouldLeaveTheClassPathAloneWhenThereIsNoArchive() {
    assertThat(archive.arguments("/tests:/b.jar")).containsExactly("-cp", "/tests:/b.jar");
    assertThat(new ClassArchive(Path.of("")).arguments("/a.jar")).containsExactly("-cp", "/a.jar");
  }

  private void make(String... jars) throws IOException {
    Files.createFile(archive.file());
    Files.write(archive.jarsFile(), List.of(jars));
  }
}
