package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A driver of short sessions whose tasks and actor print: whole lines, a beginning of one, to both
 * outputs. Arguments: how many sessions, lines for each task, tasks, and how the last one ends
 * ({@code close} or {@code wait}, which says {@code ready}).
 */
public final class Talker {
  private Talker() {}

  /** The program. */
  public static void main(String[] arguments) throws InterruptedException {
    int sessions = Integer.parseInt(arguments[0]);
    int lines = Integer.parseInt(arguments[1]);
    int tasks = Integer.parseInt(arguments[2]);
    for (int i = 0; i < sessions; i++) {
      try (Session _ = Mobula.init()) {
        talk(i, tasks, lines);
        if (arguments[3].equals("wait")) {
          System.out.println("ready");
          new CountDownLatch(1).await();
        }
      }
    }
  }

  private static void talk(int session, int tasks, int lines) {
    ActorHandle<Murmur> murmur = Mobula.actor(Murmur::new).remote(session);
    List<ObjectRef<Integer>> said = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      said.add(Mobula.task(Talker::say).remote(session, task, lines));
    }
    ObjectRef<Integer> murmured = murmur.call(Murmur::murmur);
    Mobula.get(Stream.concat(said.stream(), Stream.of(murmured)).toList());
  }

  static int say(int session, int task, int lines) {
    for (int line = 0; line < lines; line++) {
      System.out.println("said " + session + " " + task + " " + line);
    }
    System.err.println("sighed " + session + " " + task);
    return lines;
  }

  /** Ends no line. */
  static final class Murmur {
    private final int session;

    Murmur(int session) {
      this.session = session;
    }

    int murmur() {
      System.out.print("murmured " + session);
      System.err.print("hummed " + session);
      return session;
    }
  }
}
