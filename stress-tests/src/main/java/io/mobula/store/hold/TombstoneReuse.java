package io.mobula.store.hold;

import io.mobula.store.StoreKey;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** An object is found while the slots around it, before it in its search, come and go. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Found.")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Missed, though it was there all the time.")
@State
public class TombstoneReuse {
  private final StressMemory memory = new StressMemory(4);
  private final StoreReader reader = memory.join();
  private final int[] others = new int[3];

  /** The object is where it finds the last free slot; then the slots before it are emptied. */
  public TombstoneReuse() {
    for (int i = 0; i < 3; i++) {
      others[i] = memory.writer.publish(new StoreKey(2, i), StressMemory.OTHER_RANGE);
    }
    memory.publish();
    remove(others[0]);
  }

  @Actor
  public void reader(I_Result result) {
    result.r1 = reader.tryHold(1, 1) == null ? 0 : 1;
  }

  @Actor
  public void owner() {
    int reused = memory.writer.publish(new StoreKey(3, 3), StressMemory.OTHER_RANGE);
    remove(others[1]);
    remove(reused);
    remove(others[2]);
    memory.writer.publish(new StoreKey(3, 4), StressMemory.OTHER_RANGE);
  }

  private void remove(int slot) {
    memory.writer.withdraw(slot);
    memory.writer.remove(slot);
  }
}
