package io.mobula.store.hold;

import static java.util.Objects.requireNonNull;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A reader holds an object while the owner withdraws it, changes its mind because another reader
 * holds it, and withdraws it again when that one is done: held?, freed?, notices.
 */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Held; the owner sees it.")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Deleted; not found.")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Deleted; a needless notice.")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Abandoned, seen, and told.")
@Outcome(id = "1, 1, .*", expect = Expect.FORBIDDEN, desc = "Freed while held.")
@Outcome(id = "0, 0, 0", expect = Expect.FORBIDDEN, desc = "The deletion waits for ever.")
@State
public class HoldAgainstRevert {
  private final StressMemory memory = new StressMemory(1);
  private final StoreReader reader = memory.join();
  private final StoreReader other = memory.join();
  private final int slot = memory.publish();
  private final Held held = requireNonNull(other.tryHold(1, 1));

  @Actor
  public void reader(III_Result result) {
    result.r1 = reader.tryHold(1, 1) == null ? 0 : 1;
  }

  @Actor
  public void owner(III_Result result) {
    memory.writer.withdraw(slot);
    if (memory.tables.isHeld(slot)) {
      memory.writer.restoreWanted(slot);
    }
    held.release();
    memory.writer.withdraw(slot);
    result.r2 = memory.tables.isHeld(slot) ? 0 : 1;
  }

  @Arbiter
  public void notices(III_Result result) {
    result.r3 = memory.notices;
  }
}
