package io.mobula.testkit.hostile;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import java.util.HashMap;
import java.util.Map;

/** An actor that numbers the calls of each caller, and misbehaves on request. */
@Remote
public final class Teller {
  private final Map<Long, Long> calls = new HashMap<>();

  public Teller(int kind) {
    if (kind >= 0) {
      throw MeanThrowables.thrown(kind);
    }
  }

  /** The how manyeth call of this caller it is, from 1 on. */
  public long next(long caller) {
    return calls.merge(caller, 1L, Long::sum);
  }

  /** Throws. */
  public long fail(int kind) {
    throw MeanThrowables.thrown(kind);
  }

  /** Returns what can't be sent. */
  public Object returnMean(int kind) {
    return MeanValues.NOT_SENT.get(kind).get();
  }

  /** Ends the actor. */
  public long exit() {
    Mobula.exitActor();
    return 0;
  }
}
