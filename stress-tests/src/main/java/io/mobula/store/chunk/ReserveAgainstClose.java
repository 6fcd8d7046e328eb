package io.mobula.store.chunk;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads reserve while the owner closes: their offsets, and how many the owner counts. */
@JCStressTest
@Outcome(id = "0, 64, 2", expect = Expect.ACCEPTABLE, desc = "Both before the close.")
@Outcome(id = "64, 0, 2", expect = Expect.ACCEPTABLE, desc = "Both before the close.")
@Outcome(id = "0, -1, 1", expect = Expect.ACCEPTABLE, desc = "One before the close.")
@Outcome(id = "-1, 0, 1", expect = Expect.ACCEPTABLE, desc = "One before the close.")
@Outcome(id = "-1, -1, 0", expect = Expect.ACCEPTABLE, desc = "Closed first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Room given twice, or the owner counts wrong.")
@State
public class ReserveAgainstClose {
  private final StressChunk chunk = new StressChunk();

  @Actor
  public void one(III_Result result) {
    result.r1 = chunk.reserve();
  }

  @Actor
  public void other(III_Result result) {
    result.r2 = chunk.reserve();
  }

  @Actor
  public void owner(III_Result result) {
    result.r3 = chunk.log.close(0);
  }
}
