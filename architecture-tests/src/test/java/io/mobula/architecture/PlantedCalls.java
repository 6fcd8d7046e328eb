package io.mobula.architecture;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One call of each banned kind, in a method of its name, for the rules to find. Nothing runs them.
 */
final class PlantedCalls {
  private PlantedCalls() {}

  static Instant clock() {
    return Instant.now();
  }

  static int random() {
    return new SplittableRandom().nextInt();
  }

  static void thread() {
    Thread.ofVirtual().start(() -> {});
  }

  static void sleep() {
    LockSupport.parkNanos(1);
  }

  static int fileOrSocket() throws IOException {
    try (FileInputStream in = new FileInputStream(new File("/dev/null"))) {
      return in.read();
    }
  }

  static long synchronization() {
    return new AtomicLong().get();
  }

  static void console() {
    System.out.println();
  }

  static void processState() {
    System.exit(0);
  }

  static String nowhere() {
    return ThreadLocal.withInitial(() -> "").get();
  }
}
