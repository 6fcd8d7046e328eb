package io.mobula.worker.net;

import io.mobula.agent.id.ProcessAddress;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The processes and nodes that were declared dead. Owner thread: the core worker's loop.
 *
 * <p>The news of a death comes by the GCS and may overtake what the dead process sent before. Its
 * part in everything has been wound up by then, so what still comes must not begin anything new. No
 * address is used again. Packets are under way for seconds at most, so the last deaths are enough.
 */
public final class DeadProcesses {
  static final int REMEMBERED_MAX = 10_000;

  private final Set<Long> dead = new LinkedHashSet<>();

  /** A process, or a raylet and so its node, is dead. */
  public void add(long address) {
    dead.add(address);
    if (dead.size() > REMEMBERED_MAX) {
      dead.remove(dead.iterator().next());
    }
  }

  /** Whether the process is dead, by its own death or its node's. */
  public boolean contains(long address) {
    return dead.contains(address) || dead.contains(ProcessAddress.rayletOf(address));
  }
}
