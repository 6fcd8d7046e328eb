package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task1;

/** A task that takes any value. */
public final class Anything {
  /** Gives the value's class. */
  public static final Task1<Object, String> NAME = Mobula.task(Anything::name);

  private Anything() {}

  /** A value that can't be sent, for the thread in it. */
  public record Holder(String name, Inner inner) {}

  /** Part of a {@link Holder}. */
  public record Inner(int number, Thread thread) {}

  @Remote
  private static String name(Object value) {
    return value.getClass().getName();
  }
}
