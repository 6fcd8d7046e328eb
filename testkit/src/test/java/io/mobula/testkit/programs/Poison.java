package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** A task that ends its process, and tasks that have nothing to do with it. */
public final class Poison {
  /** Notes that it began, and ends its process. */
  public static final Task1<String, Long> EXIT = Mobula.task(Poison::exit);

  /** Notes that it began; hangs the first time, and returns the process's id later. */
  public static final Task2<String, String, Long> INNOCENT = Mobula.task(Poison::innocent);

  /** Notes that it began, and returns at once. */
  public static final Task2<String, String, Long> SHORT = Mobula.task(Poison::brief);

  /** Hangs until as many are there. */
  public static final Task2<String, Integer, Long> TOGETHER = Mobula.task(Poison::together);

  private Poison() {}

  @Remote
  private static Long exit(String folder) throws IOException {
    note(folder, "poison");
    System.err.println("so long");
    System.exit(7);
    return 0L;
  }

  @Remote
  private static Long innocent(String folder, String name)
      throws IOException, InterruptedException {
    note(folder, name);
    if (pids(Path.of(folder), name).size() == 1) {
      new CountDownLatch(1).await();
    }
    return ProcessHandle.current().pid();
  }

  @Remote
  private static Long brief(String folder, String name) throws IOException {
    note(folder, name);
    return ProcessHandle.current().pid();
  }

  @Remote
  private static Long together(String folder, Integer count) throws IOException {
    note(folder, "together");
    while (pids(Path.of(folder), "together").size() < count) {
      Thread.onSpinWait();
    }
    return ProcessHandle.current().pid();
  }

  /** In which processes the tasks of that name began, in no order. */
  public static List<Long> pids(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().split("-", -1))
          .filter(parts -> parts[0].equals(name))
          .map(parts -> Long.valueOf(parts[1]))
          .toList();
    }
  }

  private static void note(String folder, String name) throws IOException {
    Files.createTempFile(Path.of(folder), name + "-" + ProcessHandle.current().pid() + "-", null);
  }
}
