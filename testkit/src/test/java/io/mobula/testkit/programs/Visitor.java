package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import io.mobula.api.Task1;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A driver that uses everything: tasks, 4 MiB arrays in both directions, an actor. Its arguments
 * are the cluster's address and token. Says whether shared memory is mapped in its process, and in
 * a worker's.
 */
public final class Visitor {
  private static final int NUMBERS = 1 << 19;
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  private static final Task1<long[], Long> TOTAL = Mobula.task(Visitor::total);
  private static final Task1<Integer, long[]> MAKE = Mobula.task(Visitor::make);
  private static final Task1<long[], Boolean> SHARES = Mobula.task(Visitor::shares);

  private Visitor() {}

  /** The program. */
  public static void main(String[] arguments) throws IOException {
    try (Session session =
        Mobula.init(options -> options.address(arguments[0]).token(arguments[1]))) {
      long[] numbers = make(1);
      ObjectRef<long[]> put = Mobula.put(numbers);
      ObjectRef<long[]> made = MAKE.remote(2);
      System.out.println("total of a value " + TOTAL.remote(numbers).get());
      System.out.println("total of an object put here " + TOTAL.remote(put).get());
      System.out.println("total of an object made there " + TOTAL.remote(made).get());
      System.out.println("put comes back " + Arrays.equals(put.get(), numbers));
      System.out.println("made comes here " + Arrays.equals(made.get(), make(2)));
      ActorHandle<Clerk> clerk = Mobula.actor(Clerk::new).options(o -> o.name("clerk")).remote();
      int count = 0;
      for (int i = 0; i < 3; i++) {
        count = clerk.call(Clerk::next).get();
      }
      System.out.println("actor counts " + count);
      System.out.println("actor has a name " + Mobula.getActor("clerk").isPresent());
      System.out.println("worker shares memory " + SHARES.remote(put).get());
      System.out.println("driver shares memory " + shares(numbers));
      System.out.println("open " + (session != null));
    }
    System.out.println("closed");
  }

  @Remote
  private static Long total(long[] numbers) {
    System.out.println("added up here");
    return Arrays.stream(numbers).sum();
  }

  @Remote
  private static long[] make(Integer first) {
    return LongStream.range(first, first + NUMBERS).toArray();
  }

  @Remote
  private static Boolean shares(long[] numbers) throws IOException {
    return numbers.length == NUMBERS
        && Files.readAllLines(MAPPINGS).stream().anyMatch(line -> line.contains("/dev/shm/"));
  }
}
