package io.mobula.agent.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryLockTest {
  @TempDir private Path folder;

  @Test
  void shouldRefuseWhenThisProcessHoldsIt() throws Exception {
    Path file = folder.resolve("lock");
    try (DirectoryLock lock = DirectoryLock.tryCreate(file).orElseThrow()) {
      lock.check();
      assertThat(DirectoryLock.tryCreate(file)).isEmpty();
      // A refused try must not have let go of the lock either: another process is refused too.
      assertThat(tryInAnotherProcess(file)).isEqualTo("refused");
    }
    try (DirectoryLock again = DirectoryLock.tryAcquire(file).orElseThrow()) {
      again.check();
    }
  }

  @Test
  void shouldBeFreeOnlyOnceTheOtherProcessWasKilled() throws Exception {
    Path file = folder.resolve("lock");
    Process holder = start(file);
    try (BufferedReader output = holder.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("held");
      assertThat(DirectoryLock.tryAcquire(file)).isEmpty();
      holder.destroyForcibly().waitFor();
    }
    Optional<DirectoryLock> lock = DirectoryLock.tryAcquire(file);
    assertThat(lock).isPresent();
    lock.orElseThrow().close();
  }

  @Test
  void shouldSayThatTheFileIsMissingWhenItIsNotToBeCreated() {
    assertThatThrownBy(() -> DirectoryLock.tryAcquire(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static String tryInAnotherProcess(Path file) throws IOException, InterruptedException {
    Process process = start(file);
    try (BufferedReader output = process.inputReader(UTF_8)) {
      return output.readLine();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LockHolder.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
