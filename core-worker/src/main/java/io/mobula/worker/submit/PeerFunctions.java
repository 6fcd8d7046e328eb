package io.mobula.worker.submit;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FunctionDefinition;
import io.mobula.worker.function.RemoteTarget;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which functions each peer has been told of. Owner thread: the core worker's loop. */
public final class PeerFunctions {
  private final Map<Long, BitSet> told = new HashMap<>();

  /** The definition to send along, or null if the peer has it. */
  public @Nullable FunctionDefinition define(long peer, RemoteTarget target) {
    BitSet known = told.computeIfAbsent(peer, fresh -> new BitSet());
    if (known.get(target.number())) {
      return null;
    }
    known.set(target.number());
    return FunctionDefinition.newBuilder()
        .setNumber(target.number())
        .setFunction(target.descriptor())
        .build();
  }

  public void onProcessDied(long dead) {
    told.keySet().removeIf(peer -> ProcessAddress.diesWith(peer, dead));
  }
}
