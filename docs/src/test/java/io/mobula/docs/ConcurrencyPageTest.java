package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the concurrency page with the sources of the runtime's modules. */
final class ConcurrencyPageTest {
  private static final List<String> MODULES =
      List.of(
          "agent",
          "core-api",
          "object-store",
          "rpc",
          "core-worker",
          "raylet",
          "gcs-server",
          "driver");

  /** A field that several threads may touch. */
  private static final Pattern SHARED_FIELD =
      Pattern.compile(
          "(?m)^\\s+(?:private|protected|public|final|static|\\s)*(?:volatile\\s|[\\w.<>?,"
              + " @]*\\b(?:"
              + "Atomic\\w+|ConcurrentHashMap|ConcurrentLinkedDeque|ConcurrentLinkedQueue|\\w*BlockingQueue"
              + "|LinkedTransferQueue|CopyOnWrite\\w+|CountDownLatch|ReentrantLock|Semaphore|ClassValue"
              + "|CompletableFuture|Mpsc\\w+)\\b[^;=(]*[;=])[^\\n]*");

  private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([\\w.]+)`");

  @Test
  void shouldBeOnThePageWhenAClassHasFieldsForSeveralThreads() throws IOException {
    TreeSet<String> found = new TreeSet<>();
    for (Path source : sources()) {
      String name = source.getFileName().toString().replace(".java", "");
      String text = Files.readString(source);
      if (SHARED_FIELD.matcher(text).find() || text.contains("ConcurrentHashMap.newKeySet")) {
        found.add(name);
      }
    }
    String page = Files.readString(Page.REPOSITORY.resolve("docs/concurrency.md"));
    TreeSet<String> listed =
        LISTED
            .matcher(page)
            .results()
            .map((MatchResult match) -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).isEqualTo(found);
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Page.REPOSITORY.resolve(module).resolve("src/main"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }
}
