package io.mobula.store.hold;

import static java.util.Objects.requireNonNull;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader ends its hold while the owner tries to evict and gives up: told?, seen held? */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Ended before the eviction.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Seen, and told.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "A needless notice.")
@Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "The create waits for ever.")
@State
public class ReleaseAgainstEviction {
  private final StressMemory memory = new StressMemory(1);
  private final StoreReader reader = memory.join();
  private final int slot = memory.publish();
  private final Held held = requireNonNull(reader.tryHold(1, 1));

  @Actor
  public void reader(II_Result result) {
    result.r1 = held.release() ? 1 : 0;
  }

  @Actor
  public void owner(II_Result result) {
    memory.writer.withdraw(slot);
    if (memory.tables.isHeld(slot)) {
      memory.writer.restoreWanted(slot);
      result.r2 = 1;
    }
  }
}
