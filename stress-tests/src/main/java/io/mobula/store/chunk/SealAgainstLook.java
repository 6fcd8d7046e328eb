package io.mobula.store.chunk;

import static java.util.Objects.requireNonNull;

import io.mobula.store.StoreKey;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The owner looks while an object is sealed: sealed?, the right key?, its bytes? */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "Not sealed yet.")
@Outcome(id = "1, 1, 7", expect = Expect.ACCEPTABLE, desc = "Sealed, with key and bytes.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Sealed before it was written.")
@State
public class SealAgainstLook {
  private static final StoreKey KEY = new StoreKey(3, 5);

  private final StressChunk chunk = new StressChunk();
  private final ChunkSlot slot = requireNonNull(chunk.writer.reserve(StressChunk.OBJECT_BYTES));
  private int bytes;

  @Actor
  public void client() {
    bytes = 7;
    chunk.writer.seal(slot, KEY.high(), KEY.low());
  }

  @Actor
  public void owner(III_Result result) {
    if (chunk.log.state(0) == ChunkLog.State.SEALED) {
      result.r1 = 1;
      result.r2 = chunk.log.key(0).equals(KEY) ? 1 : 0;
      result.r3 = bytes;
    }
  }
}
