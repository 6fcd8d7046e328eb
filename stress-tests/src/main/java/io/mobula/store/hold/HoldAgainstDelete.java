package io.mobula.store.hold;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A reader holds an object while the owner deletes it: held?, freed?, notices. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Held; the deletion waits.")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Deleted; not found.")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Deleted; a needless notice.")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Abandoned, seen, and told.")
@Outcome(id = "1, 1, .*", expect = Expect.FORBIDDEN, desc = "Freed while held.")
@Outcome(id = "0, 0, 0", expect = Expect.FORBIDDEN, desc = "The deletion waits for ever.")
@State
public class HoldAgainstDelete {
  private final StressMemory memory = new StressMemory(1);
  private final StoreReader reader = memory.join();
  private final int slot = memory.publish();

  @Actor
  public void reader(III_Result result) {
    result.r1 = reader.tryHold(1, 1) == null ? 0 : 1;
  }

  @Actor
  public void owner(III_Result result) {
    memory.writer.withdraw(slot);
    result.r2 = memory.tables.isHeld(slot) ? 0 : 1;
  }

  @Arbiter
  public void notices(III_Result result) {
    result.r3 = memory.notices;
  }
}
