package io.mobula.store.hold;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads of one client hold an object, each in an entry that was never used, while the owner
 * deletes it: the first's hold, the second's, freed? Runs where there are three CPUs.
 */
@JCStressTest
@Outcome(id = "0, 0, [01]", expect = Expect.ACCEPTABLE, desc = "Neither holds.")
@Outcome(id = "[01], [01], 0", expect = Expect.ACCEPTABLE, desc = "The deletion waits.")
@Outcome(id = "1, [01], 1", expect = Expect.FORBIDDEN, desc = "Freed while held.")
@Outcome(id = "[01], 1, 1", expect = Expect.FORBIDDEN, desc = "Freed while held.")
@State
public class HighWaterAgainstDelete {
  private final StressMemory memory = new StressMemory(1);
  private final StoreReader reader = memory.join();
  private final int slot = memory.publish();

  @Actor
  public void first(III_Result result) {
    result.r1 = reader.tryHold(1, 1) == null ? 0 : 1;
  }

  @Actor
  public void second(III_Result result) {
    result.r2 = reader.tryHold(1, 1) == null ? 0 : 1;
  }

  @Actor
  public void owner(III_Result result) {
    memory.writer.withdraw(slot);
    result.r3 = memory.tables.isHeld(slot) ? 0 : 1;
  }
}
