package io.mobula.raylet.route;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this node whose links are open, and the numbers that were given out. Owner
 * thread: the raylet's loop. A number is never given twice.
 */
public final class LocalProcesses {
  private final int node;
  private final Map<Long, LocalProcess> byAddress = new LinkedHashMap<>();
  private final Map<Link, LocalProcess> byLink = new LinkedHashMap<>();
  private int lastNumber;

  /** A table for that node. */
  public LocalProcesses(int node) {
    this.node = node;
  }

  /** The next process number. */
  public int nextNumber() {
    return ++lastNumber;
  }

  public long addressOf(int number) {
    return ProcessAddress.of(node, number);
  }

  public void add(LocalProcess process) {
    byAddress.put(process.address(), process);
    byLink.put(process.link(), process);
  }

  /** Forgets the process of that link, and returns it. */
  public @Nullable LocalProcess remove(Link link) {
    LocalProcess process = byLink.remove(link);
    if (process != null) {
      byAddress.remove(process.address());
    }
    return process;
  }

  public @Nullable LocalProcess find(long address) {
    return byAddress.get(address);
  }

  public @Nullable LocalProcess find(Link link) {
    return byLink.get(link);
  }

  /** A copy, so that processes may come and go meanwhile. */
  public List<LocalProcess> all() {
    return List.copyOf(byAddress.values());
  }
}
