package io.mobula.testkit;

import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder for temporary files that the processes of a test have to themselves: {@code TMPDIR} in
 * their environment, by which they, and the workers that they start, are known. Used by one thread.
 *
 * <p>Closing it kills what still runs and deletes what is still there.
 */
public final class TestHome implements AutoCloseable {
  private static final String VARIABLE = "TMPDIR";
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final Duration KILL_MAX = Duration.ofSeconds(10);

  private final Path path;
  private final Set<Path> stores = new TreeSet<>();

  private TestHome(Path path) {
    this.path = path;
  }

  /** A fresh one. Its name is short, as a Unix socket's path holds 104 bytes. */
  public static TestHome create() {
    try {
      return new TestHome(Files.createTempDirectory(Path.of("/tmp"), "mt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return path;
  }

  /** The environment by which a process belongs here. */
  public Map<String, String> environment() {
    return Map.of(VARIABLE, path.toString());
  }

  /** Where its processes keep their sessions. */
  public SessionRoot root() throws IOException {
    return SessionRoot.open(SessionRoot.defaultPath(environment(), System.getProperties()));
  }

  /** A new session's folder, of no cluster yet. */
  public Path createSession() throws IOException {
    try (SessionDirectory session = root().createSession()) {
      return session.path();
    }
  }

  /** The processes of this home that run now. */
  public List<ProcessHandle> processes() {
    String entry = VARIABLE + "=" + path;
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .filter(process -> environmentOf(process.pid()).contains(entry))
        .toList();
  }

  /** Those that are workers. */
  public List<ProcessHandle> workers() {
    return processes().stream()
        .filter(process ->
            environmentOf(process.pid()).stream()
                .anyMatch(entry -> entry.startsWith("MOBULA_WORKER_NUMBER=")))
        .toList();
  }

  /** The node folders that are there now. Their store files are remembered. */
  public List<Path> nodeDirectories() {
    List<Path> found = new ArrayList<>();
    try {
      for (Path session : root().sessions()) {
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(session, "n*")) {
          for (Path node : nodes) {
            found.add(node);
            noteStore(node.resolve("store.path"));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /**
   * Sockets, store files and folders of nodes, and processes: what an ended cluster has none of.
   */
  public List<String> leftovers() {
    List<String> found = new ArrayList<>();
    processes()
        .forEach(process -> found.add("process " + process.pid() + " " + commandOf(process.pid())));
    found.addAll(fileLeftovers());
    return found;
  }

  /** As {@link #leftovers()}, without the processes. */
  public List<String> fileLeftovers() {
    List<String> found = new ArrayList<>();
    nodeDirectories().forEach(node -> found.add("node folder " + node));
    stores.stream().filter(Files::exists).forEach(store -> found.add("store " + store));
    try (Stream<Path> files = Files.walk(path)) {
      files
          .filter(file -> file.toString().endsWith(".sock"))
          .forEach(file -> found.add("socket " + file));
    } catch (IOException | UncheckedIOException e) {
      // A folder vanished while it was read: there was something.
      found.add("changing: " + e.getMessage());
    }
    return found;
  }

  /** Fails if something is left after that time. */
  public void assertNothingLeft(Duration patience) {
    Deadline.in(patience)
        .await(() -> "an end that leaves nothing: " + leftovers(), () -> leftovers().isEmpty());
  }

  @Override
  public void close() {
    processes().forEach(ProcessHandle::destroyForcibly);
    Deadline.in(KILL_MAX).await("the end of every process", () -> processes().isEmpty());
    nodeDirectories();
    stores.forEach(TestHome::delete);
    delete(path);
  }

  private void noteStore(Path note) throws IOException {
    if (Files.exists(note)) {
      Path store = Path.of(Files.readString(note, StandardCharsets.UTF_8).strip());
      stores.add(store.startsWith(SHARED_MEMORY) ? SHARED_MEMORY.resolve(store.getName(2)) : store);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> environmentOf(long pid) {
    return strings(PROCESSES.resolve(Long.toString(pid)).resolve("environ"));
  }

  private static String commandOf(long pid) {
    return String.join(" ", strings(PROCESSES.resolve(Long.toString(pid)).resolve("cmdline")));
  }

  /** Of a process that has ended, or is another user's, there is nothing to read. */
  private static List<String> strings(Path file) {
    try {
      return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
