package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** An actor that ends itself, in many ways, and makes it hard for its process to go. */
@Remote
public final class Leaver {
  private static final long POLL_NANOS = 5_000_000;

  /** How an actor may end in its constructor. */
  public enum Birth {
    LIVE,
    EXIT,
    THROW
  }

  public Leaver(Birth birth) {
    if (birth == Birth.EXIT) {
      Mobula.exitActor();
    } else if (birth == Birth.THROW) {
      throw new IllegalStateException("stillborn");
    }
  }

  /** Of its process. */
  public long pid() {
    return ProcessHandle.current().pid();
  }

  /** Ends the actor. */
  public int leave() {
    Mobula.exitActor();
    return 0;
  }

  /** Ends the process. */
  public int exitProcess() {
    System.exit(3);
    return 0;
  }

  /** Makes one file, and returns once there is the other. */
  public int await(String begun, String end) throws IOException {
    Files.createFile(Path.of(begun));
    while (Files.notExists(Path.of(end))) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    return 7;
  }

  /** Leaves behind a thread that is not a daemon, and a shutdown hook that never returns. */
  public int cling() {
    Thread.ofPlatform().daemon(false).start(Leaver::hang);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Leaver::hang));
    return 0;
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
