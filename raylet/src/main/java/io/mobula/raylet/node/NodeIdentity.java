package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;

/**
 * Who this node is.
 *
 * @param node its number
 * @param clusterId drawn by the head
 * @param hostId of the machine
 * @param hostName for people
 * @param nodeDirectory where its sockets are
 * @param rayletSocket the socket of its local processes
 * @param storePath its store file
 */
public record NodeIdentity(
    int node,
    long clusterId,
    String hostId,
    String hostName,
    String nodeDirectory,
    String rayletSocket,
    String storePath) {
  /** The raylet's address. */
  public long address() {
    return ProcessAddress.of(node, 0);
  }
}
