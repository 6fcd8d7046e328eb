package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import java.util.List;

/** Small tasks that are constants, as a program has them. */
public final class Sums {
  public static final Task1<Integer, Integer> INC = Mobula.task(Sums::inc);
  public static final Task1<Integer, Integer> DEC = Mobula.task(Sums::dec);
  public static final Task1<List<?>, Integer> SIZE = Mobula.task(Sums::size);

  private Sums() {}

  @Remote
  static int inc(int x) {
    return x + 1;
  }

  @Remote
  static int dec(int x) {
    return x - 1;
  }

  @Remote
  static int size(List<?> list) {
    return list.size();
  }
}
