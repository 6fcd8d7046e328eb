package io.mobula.raylet.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.proto.ClassPathEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageCacheTest implements PackageStore.Outcomes {
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

  @Test
  void shouldMakePackageOfPiecesWhenHashIsRight(@TempDir Path folder)
      throws InterruptedException, NoSuchAlgorithmException, IOException {
    byte[] first = "hello ".getBytes(StandardCharsets.UTF_8);
    byte[] second = "world".getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(first);
    String sha256 = HexFormat.of().formatHex(digest.digest(second));
    try (PackageCache files = files(folder, List.of())) {
      files.write(sha256, 0, first, false);
      assertThat(outcomes.take()).isEqualTo("written 6 false");
      files.write(sha256, 6, second, true);
      assertThat(outcomes.take()).isEqualTo("written 11 true");
      assertThat(Path.of(files.pathOf(sha256))).hasContent("hello world");
      files.delete(sha256);
      await().until(() -> Files.notExists(Path.of(files.pathOf(sha256))));
    }
  }

  @Test
  void shouldRefuseContentOfAnotherHash(@TempDir Path folder)
      throws InterruptedException, IOException {
    try (PackageCache files = files(folder, List.of())) {
      files.write("ab".repeat(32), 0, new byte[] {1}, true);
      assertThat(outcomes.take()).startsWith("failed").contains("another hash");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void shouldTellDuplicatesOfTheRuntimeFromWhatIsThereAndWhatIsNot(@TempDir Path folder)
      throws InterruptedException, IOException {
    Path runtime = Files.writeString(folder.resolve("runtime.jar"), "12345");
    Path mine = Files.writeString(folder.resolve("mine.jar"), "1");
    List<ClassPathEntry> entries =
        List.of(
            entry("/elsewhere/runtime.jar", 5),
            entry("/elsewhere/runtime.jar", 6),
            entry(mine.toString(), 1),
            entry("/elsewhere/other.jar", 1));
    try (PackageCache files = files(folder, List.of(runtime))) {
      files.inspect(1, true, entries);
      assertThat(outcomes.take()).isEqualTo("inspected [DUPLICATE, MISSING, USABLE, MISSING]");
      files.inspect(1, false, entries);
      assertThat(outcomes.take()).isEqualTo("inspected [DUPLICATE, MISSING, MISSING, MISSING]");
    }
  }

  @Override
  public void inspected(int job, List<Inspection> findings) {
    outcomes.add("inspected " + findings);
  }

  @Override
  public void chunkWritten(String sha256, long endOffset, boolean isLast) {
    outcomes.add("written " + endOffset + " " + isLast);
  }

  @Override
  public void writeFailed(String sha256, String message) {
    outcomes.add("failed " + message);
  }

  private PackageCache files(Path folder, List<Path> runtime) {
    return new PackageCache(
        folder,
        runtime,
        action -> {
          action.run();
          return true;
        },
        this);
  }

  private static ClassPathEntry entry(String path, long sizeBytes) {
    return ClassPathEntry.newBuilder().setPath(path).setSizeBytes(sizeBytes).build();
  }
}
