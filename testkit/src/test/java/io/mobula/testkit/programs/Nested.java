package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import java.util.stream.IntStream;

/** Tasks that wait for tasks. */
public final class Nested {
  /** That many deep, one waiting for the next; gives the depth. */
  public static final Task1<Integer, Integer> DEEP = Mobula.task(Nested::deep);

  /** Waits for two tasks; gives the argument and three. */
  public static final Task1<Integer, Integer> WIDE = Mobula.task(Nested::wide);

  private static final Task1<Integer, Integer> SAME = Mobula.task(Nested::same);

  private Nested() {}

  @Remote
  private static Integer deep(Integer levels) {
    return levels == 0 ? 0 : 1 + DEEP.remote(levels - 1).get();
  }

  @Remote
  private static Integer wide(Integer number) {
    return number
        + Mobula.get(IntStream.rangeClosed(1, 2).mapToObj(Nested::start).toList()).stream()
            .mapToInt(Integer::intValue)
            .sum();
  }

  private static ObjectRef<Integer> start(int number) {
    return SAME.remote(number);
  }

  @Remote
  private static Integer same(Integer number) {
    return number;
  }
}
