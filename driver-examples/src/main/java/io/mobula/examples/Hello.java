package io.mobula.examples;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import java.util.stream.IntStream;

/** The smallest program: ten squares, computed by worker processes. */
public final class Hello {
  private Hello() {}

  @Remote
  static int square(int x) {
    return x * x;
  }

  /**
   * Prints the squares.
   *
   * @param args none
   */
  public static void main(String[] args) {
    try (var _ = Mobula.init()) {
      var square = Mobula.task(Hello::square);
      System.out.println(Mobula.get(IntStream.range(0, 10).mapToObj(square::remote).toList()));
    }
  }
}
