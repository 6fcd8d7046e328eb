package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A driver that has something under way at all times, until a file is there. */
public final class Restless {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TASKS = 20;

  private Restless() {}

  /** Args: the file. */
  public static void main(String[] arguments) {
    Path end = Path.of(arguments[0]);
    try (Session session = Mobula.init()) {
      ActorHandle<Tally> tally = Mobula.actor(Tally::new).remote();
      int round = 0;
      while (!Files.exists(end)) {
        List<ObjectRef<Integer>> sums =
            IntStream.range(0, TASKS).mapToObj(i -> Everyday.FIBONACCI.remote(7)).toList();
        ObjectRef<Integer> count = tally.call(Tally::count);
        round++;
        if (count.get(PATIENCE) != round) {
          throw new AssertionError("calls lost or made twice: round=" + round);
        }
        for (ObjectRef<Integer> sum : sums) {
          if (sum.get(PATIENCE) != 13) {
            throw new AssertionError("wrong sum");
          }
        }
        System.out.println("round " + round + " " + (session != null));
      }
      long alive = Mobula.nodes().stream().filter(node -> node.isAlive()).count();
      System.out.println("alive " + alive);
    }
    System.out.println("closed");
  }
}
