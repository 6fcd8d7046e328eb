package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import io.mobula.proto.ProcessKind;
import io.mobula.raylet.objects.ObjectClient;

/**
 * A worker or driver whose link to this raylet is open.
 *
 * @param address its address
 * @param kind worker or driver
 * @param pid its process id on its host
 * @param sharesMemory whether it runs on this host and maps the node's store
 * @param link the link
 */
public record LocalProcess(
    long address, ProcessKind kind, long pid, boolean sharesMemory, Link link)
    implements ObjectClient {
  @Override
  public boolean isCongested() {
    return link.isCongested();
  }
}
