package io.mobula.store.hold;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The object's slot is given to the same key again, somewhere else, while a reader holds it: what
 * the reader has (0 nothing, 1 the old range, 2 the new), reused?, notices.
 */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Held; the deletion waits.")
@Outcome(id = "2, 1, 0", expect = Expect.ACCEPTABLE, desc = "The new object is held.")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Nothing found between the two.")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Likewise, a needless notice.")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Abandoned, seen, and told.")
@Outcome(id = "1, 1, .*", expect = Expect.FORBIDDEN, desc = "The old range is in use again.")
@Outcome(id = "2, 0, .*", expect = Expect.FORBIDDEN, desc = "A range from nowhere.")
@Outcome(id = "3, .*, .*", expect = Expect.FORBIDDEN, desc = "A range that never was.")
@Outcome(id = "0, 0, 0", expect = Expect.FORBIDDEN, desc = "The deletion waits for ever.")
@State
public class SlotReuse {
  private final StressMemory memory = new StressMemory(1);
  private final StoreReader reader = memory.join();
  private final int slot = memory.publish();

  @Actor
  public void reader(III_Result result) {
    Held held = reader.tryHold(1, 1);
    if (held != null) {
      long offset = held.offset();
      boolean isOld = offset == StressMemory.RANGE.offset();
      boolean isNew = offset == StressMemory.OTHER_RANGE.offset();
      result.r1 = isOld ? 1 : isNew ? 2 : 3;
    }
  }

  @Actor
  public void owner(III_Result result) {
    memory.writer.withdraw(slot);
    if (!memory.tables.isHeld(slot)) {
      memory.writer.remove(slot);
      memory.writer.publish(StressMemory.KEY, StressMemory.OTHER_RANGE);
      result.r2 = 1;
    }
  }

  @Arbiter
  public void notices(III_Result result) {
    result.r3 = memory.notices;
  }
}
