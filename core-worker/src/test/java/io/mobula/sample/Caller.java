package io.mobula.sample;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Calls the runtime as a user's program does. */
public final class Caller {
  /** The line on which {@link #straight} calls. */
  public static final int STRAIGHT_LINE = 17;

  private Caller() {}

  /** At a known line. */
  public static <T> T straight(Supplier<T> runtime) {
    // Keep the line below in step with the constant above.
    return runtime.get();
  }

  /** From a library's code that was given a method reference. */
  public static <T> List<T> fromStream(Supplier<T> runtime) {
    return Stream.of(runtime).map(Supplier::get).toList();
  }
}
