package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import io.mobula.api.Task3;
import io.mobula.testkit.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A driver that does not know what cluster it is on: it makes an array on each node and reads each
 * on every node. The argument is a folder by which its tasks meet.
 */
public final class Spread {
  private static final int NUMBERS = 50_000;
  private static final Duration MEET_MAX = Duration.ofSeconds(60);

  private static final Task3<String, String, Integer, Made> MAKE = Mobula.task(Spread::make);
  private static final Task3<Made, String, Integer, Seen> READ = Mobula.task(Spread::read);

  private Spread() {}

  /** 400 KB from a node. */
  record Made(String node, double[] numbers) {}

  /** A sum, and where it was made and where it was worked out. */
  record Seen(String from, String at, double sum) {}

  /** The program. */
  public static void main(String[] arguments) {
    try (Session session = Mobula.init()) {
      int nodes = Mobula.nodes().size();
      List<ObjectRef<Made>> made = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        made.add(MAKE.remote(arguments[0], "make", nodes));
      }
      Set<String> from = new TreeSet<>();
      Set<String> pairs = new TreeSet<>();
      double sum = 0;
      for (int i = 0; i < nodes; i++) {
        List<ObjectRef<Seen>> seen = new ArrayList<>();
        for (int j = 0; j < nodes; j++) {
          seen.add(READ.remote(made.get(i), arguments[0] + "/read-" + i, nodes));
        }
        for (Seen each : Mobula.get(seen)) {
          from.add(each.from());
          pairs.add(each.from() + " " + each.at());
          sum += each.sum();
        }
      }
      double[] first = made.getFirst().get().numbers();
      System.out.println(
          "nodes="
              + nodes
              + " from="
              + from.size()
              + " pairs="
              + pairs.size()
              + " sum="
              + sum / nodes / nodes
              + " length="
              + first.length
              + " open="
              + (session != null));
    }
    System.out.println("closed");
  }

  @Remote
  private static Made make(String folder, String name, Integer nodes) throws IOException {
    meet(Path.of(folder, name), nodes);
    System.out.println("made here");
    double[] numbers = new double[NUMBERS];
    Arrays.fill(numbers, 0.5);
    return new Made(Mobula.context().nodeId(), numbers);
  }

  @Remote
  private static Seen read(Made made, String folder, Integer nodes) throws IOException {
    meet(Path.of(folder), nodes);
    return new Seen(made.node(), Mobula.context().nodeId(), Arrays.stream(made.numbers()).sum());
  }

  /** Waits until tasks on that many nodes are in here. */
  private static void meet(Path folder, int nodes) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(Mobula.context().nodeId()), new byte[0]);
    Deadline.in(MEET_MAX)
        .await("tasks on " + nodes + " nodes", () -> folder.toFile().list().length == nodes);
  }
}
