package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.Session;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A program that notices when it was held up as a whole, as a debugger does, and goes on. */
public final class Paused {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long STEP_NANOS = 1_000_000;
  private static final long PAUSE_NANOS = 900_000_000;

  private Paused() {}

  public static void main(String[] arguments) {
    try (Session session = Mobula.init()) {
      ActorHandle<Everyday.Counter> counter = Mobula.actor(Everyday.Counter::new).remote(1);
      counter.call(Everyday.Counter::add, 1).get(PATIENCE);
      System.out.println("ready " + (session != null));
      awaitPause();
      System.out.println("task " + Everyday.FIBONACCI.remote(7).get(PATIENCE));
      System.out.println("actor " + counter.call(Everyday.Counter::add, 1).get(PATIENCE));
      System.out.println("nodes " + Mobula.nodes().size() + " " + Mobula.nodes().get(0).isAlive());
    }
    System.out.println("closed");
  }

  private static void awaitPause() {
    long last = System.nanoTime();
    while (true) {
      LockSupport.parkNanos(STEP_NANOS);
      long now = System.nanoTime();
      if (now - last > PAUSE_NANOS) {
        return;
      }
      last = now;
    }
  }
}
