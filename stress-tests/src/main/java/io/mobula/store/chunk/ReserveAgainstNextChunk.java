package io.mobula.store.chunk;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread reserves in a chunk while the owner ends it and, if nothing was reserved, begins the
 * next one: the thread's offset, how many the owner counts, and whether the next chunk is
 * untouched.
 */
@JCStressTest
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Reserved; no next chunk.")
@Outcome(id = "-1, 0, 1", expect = Expect.ACCEPTABLE, desc = "Closed; the next is untouched.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Room of the next chunk was taken.")
@State
public class ReserveAgainstNextChunk {
  private final StressChunk chunk = new StressChunk();

  @Actor
  public void client(III_Result result) {
    result.r1 = chunk.reserve();
  }

  @Actor
  public void owner(III_Result result) {
    result.r2 = chunk.log.close(0);
    if (result.r2 == 0) {
      chunk.log.open();
    }
  }

  @Arbiter
  public void next(III_Result result) {
    result.r3 = chunk.log.state(0) == ChunkLog.State.FREE ? 1 : 0;
  }
}
