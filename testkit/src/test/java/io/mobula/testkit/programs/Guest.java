package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A driver that has work going on and then ends as its first argument says; the second is a folder
 * for {@link Attempts}. Says {@code ready} in between.
 */
public final class Guest {
  private static final int BYTES = 1 << 20;

  private Guest() {}

  /** The program. */
  public static void main(String[] arguments) throws Exception {
    Session session = Mobula.init();
    ActorHandle<Clerk> clerk = Mobula.actor(Clerk::new).options(o -> o.name("clerk")).remote();
    clerk.call(Clerk::next).get();
    ObjectRef<byte[]> bytes = Mobula.put(new byte[BYTES]);
    ObjectRef<Long> hanging = Attempts.HANG.remote(arguments[1]);
    while (Attempts.pids(Path.of(arguments[1])).isEmpty()) {
      Mobula.wait(java.util.List.of(hanging), 1, Duration.ofMillis(10));
    }
    System.out.println("ready " + bytes.get().length);
    switch (arguments[0]) {
      case "close" -> session.close();
      case "exit" -> System.exit(3);
      case "halt" -> Runtime.getRuntime().halt(4);
      case "throw" -> throw new IllegalStateException("as asked");
      case "get" -> hanging.get();
      case "return" -> System.out.println("the main method ends");
      default -> new CountDownLatch(1).await();
    }
  }
}
