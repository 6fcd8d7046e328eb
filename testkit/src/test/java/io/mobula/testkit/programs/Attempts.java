package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A task that leaves its pid in a folder and hangs there, until the folder says that it may end.
 */
public final class Attempts {
  /** Ends only if {@link #allow} was called before it began. */
  public static final Task1<String, Long> HANG = Mobula.task(Attempts::hang);

  private static final String ALLOWED = "allowed";

  private Attempts() {}

  @Remote
  private static Long hang(String folder) throws IOException, InterruptedException {
    long pid = ProcessHandle.current().pid();
    Files.createTempFile(Path.of(folder), pid + "-", null);
    if (Files.notExists(Path.of(folder, ALLOWED))) {
      new CountDownLatch(1).await();
    }
    return pid;
  }

  /** Tasks that begin from now on end. */
  public static void allow(Path folder) throws IOException {
    Files.createFile(folder.resolve(ALLOWED));
  }

  /** The pids of the attempts so far. */
  public static List<Long> pids(Path folder) throws IOException {
    List<Long> pids = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(ALLOWED))
          .forEach(name -> pids.add(Long.valueOf(name.substring(0, name.indexOf('-')))));
    }
    return pids;
  }
}
