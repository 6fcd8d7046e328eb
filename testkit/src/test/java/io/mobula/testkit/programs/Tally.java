package io.mobula.testkit.programs;

import io.mobula.api.Remote;

/** An actor that counts its calls. */
@Remote
public final class Tally {
  private int calls;

  public Tally() {}

  /** How many calls there have been, with this one. */
  public int count() {
    return ++calls;
  }
}
