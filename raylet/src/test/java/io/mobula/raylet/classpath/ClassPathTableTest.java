package io.mobula.raylet.classpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.FailureKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClassPathTableTest {
  private static final String A = "aa".repeat(32);
  private static final String B = "bb".repeat(32);
  private static final byte[] DATA = {1, 2, 3};

  private final List<String> log = new ArrayList<>();
  private final ClassPathTable table = new ClassPathTable(sha -> "/p/" + sha, new Recording());
  private long now;

  @Test
  void shouldUsePathsAndLeaveOutDuplicates() {
    table.prepare(1, true, entries(A, B));
    table.inspected(1, List.of(Inspection.DUPLICATE, Inspection.USABLE), now);
    assertThat(take()).containsExactly("inspect 1", "ready 1 [/x/bb]");
  }

  @Test
  void shouldFetchPieceByPieceWhenEntryIsMissing() {
    table.prepare(1, false, entries(A));
    table.inspected(1, List.of(Inspection.MISSING), now);
    assertThat(take()).containsExactly("inspect 1", "request aa@0 for 1");
    table.chunkArrived(A, 0, DATA, false);
    table.chunkArrived(A, 0, DATA, false);
    assertThat(take()).containsExactly("write aa@0");
    table.chunkWritten(A, 3, false, now);
    assertThat(take()).containsExactly("request aa@3 for 1");
    table.chunkArrived(A, 3, DATA, true);
    table.chunkWritten(A, 6, true, now);
    assertThat(take()).containsExactly("write aa@3 last", "ready 1 [/p/" + A + "]");
  }

  @Test
  void shouldShareOneFetchAmongJobs() {
    missing(1, A);
    missing(2, A);
    assertThat(take()).containsExactly("inspect 1", "request aa@0 for 1", "inspect 2");
    finish(A);
    assertThat(take()).contains("ready 1 [/p/" + A + "]", "ready 2 [/p/" + A + "]");
    missing(3, A);
    assertThat(take()).containsExactly("inspect 3", "ready 3 [/p/" + A + "]");
  }

  @Test
  void shouldFailOnlyTheJobItWasFetchedForAndTryForTheOther() {
    missing(1, A);
    missing(2, A);
    take();
    table.chunkRefused(A, "file has changed", now);
    assertThat(take())
        .containsExactly(
            "failed 1 DEFINITION /x/aa file has changed", "delete aa", "request aa@0 for 2");
    finish(A);
    assertThat(take()).contains("ready 2 [/p/" + A + "]");
  }

  @Test
  void shouldFailWhenHashIsWrong() {
    missing(1, A);
    table.chunkArrived(A, 0, DATA, true);
    take();
    table.writeFailed(A, "another hash", now);
    assertThat(take()).containsExactly("delete aa", "failed 1 DEFINITION /x/aa another hash");
  }

  @Test
  void shouldFailWhenPieceIsLate() {
    missing(1, A);
    take();
    assertThat(table.nextDeadlineNanos()).isEqualTo(ClassPathTable.CHUNK_TIMEOUT_NANOS);
    now += ClassPathTable.CHUNK_TIMEOUT_NANOS;
    table.onTime(now);
    assertThat(take()).anyMatch(line -> line.startsWith("failed 1 DEFINITION"));
    assertThat(table.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldGoOnForTheOtherWhenJobEnds() {
    missing(1, A);
    missing(2, A);
    take();
    table.jobEnded(1, now);
    assertThat(take()).containsExactly("request aa@0 for 2");
  }

  @Test
  void shouldDropDraftWhenLastJobEnds() {
    missing(1, A);
    take();
    table.jobEnded(1, now);
    assertThat(take()).containsExactly("delete aa");
    table.chunkArrived(A, 0, DATA, true);
    assertThat(take()).isEmpty();
  }

  @Test
  void shouldRefuseHashesThatAreNone() {
    table.prepare(
        1,
        false,
        List.of(ClassPathEntry.newBuilder().setPath("/x").setSha256("../../etc/passwd").build()));
    table.inspected(1, List.of(Inspection.MISSING), now);
    assertThat(take()).anyMatch(line -> line.startsWith("failed 1 INVALID"));
  }

  @Test
  void shouldNameEntryThatIsNotThereAnyMore() {
    table.prepare(1, true, List.of(ClassPathEntry.newBuilder().setPath("/gone.jar").build()));
    table.inspected(1, List.of(Inspection.MISSING), now);
    assertThat(take()).anyMatch(line -> line.contains("/gone.jar") && line.contains("put it back"));
  }

  private void missing(int job, String sha256) {
    table.prepare(job, false, entries(sha256));
    table.inspected(job, List.of(Inspection.MISSING), now);
  }

  private void finish(String sha256) {
    table.chunkArrived(sha256, 0, DATA, true);
    table.chunkWritten(sha256, 3, true, now);
  }

  private List<String> take() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  private static List<ClassPathEntry> entries(String... hashes) {
    return List.of(hashes).stream()
        .map(sha ->
            ClassPathEntry.newBuilder().setPath("/x/" + sha.substring(0, 2)).setSha256(sha).build())
        .toList();
  }

  private final class Recording implements ClassPathEffects {
    @Override
    public void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries) {
      log.add("inspect " + job);
    }

    @Override
    public void requestChunk(String sha256, long offset, int job) {
      log.add("request " + sha256.substring(0, 2) + "@" + offset + " for " + job);
    }

    @Override
    public void write(String sha256, long offset, byte[] data, boolean isLast) {
      log.add("write " + sha256.substring(0, 2) + "@" + offset + (isLast ? " last" : ""));
    }

    @Override
    public void delete(String sha256) {
      log.add("delete " + sha256.substring(0, 2));
    }

    @Override
    public void ready(int job, List<String> classPath) {
      log.add("ready " + job + " " + classPath);
    }

    @Override
    public void failed(int job, FailureKind kind, String message) {
      String path = message.replaceAll(".*path=([^,]*),.*", "$1");
      String reason = message.replaceAll(".*: ", "");
      log.add("failed " + job + " " + kind + " " + path + " " + reason);
    }
  }
}
