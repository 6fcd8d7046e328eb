package io.mobula.raylet;

import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.Packet;
import io.mobula.raylet.objects.ObjectClient;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.objects.ObjectUsage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records what the raylet tells its object service. */
final class FakeObjects implements ObjectService {
  final List<Long> clients = new ArrayList<>();
  final List<Long> dead = new ArrayList<>();
  final List<Long> givenUp = new ArrayList<>();
  final List<Long> left = new ArrayList<>();
  final Map<Long, Integer> holdTables = new HashMap<>();
  final List<Packet> packets = new ArrayList<>();
  final List<NodeDescription> nodes = new ArrayList<>();
  boolean isClosed;

  @Override
  public int assignHoldTable(long client, long pid) {
    holdTables.put(client, holdTables.size() + 1);
    return holdTables.size();
  }

  @Override
  public void processLeft(long client) {
    left.add(client);
  }

  @Override
  public void processConnected(ObjectClient client) {
    clients.add(client.address());
  }

  @Override
  public void onWritable(long client) {}

  @Override
  public boolean onPacket(Packet packet) {
    boolean isOurs = packet.hasSealObject() || packet.hasFreeObjects();
    if (isOurs) {
      packets.add(packet);
    }
    return isOurs;
  }

  @Override
  public void processDied(long address) {
    dead.add(address);
  }

  @Override
  public void ownerGivenUp(long address) {
    givenUp.add(address);
  }

  @Override
  public void nodeAdded(NodeDescription node) {
    nodes.add(node);
  }

  @Override
  public List<Long> owners() {
    return List.of();
  }

  @Override
  public ObjectUsage usage() {
    return new ObjectUsage(1 << 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public NodeMemoryReport.Builder listing(int objectCountMax) {
    return NodeMemoryReport.newBuilder();
  }

  @Override
  public void close(Runnable whenIdle) {
    isClosed = true;
    whenIdle.run();
  }
}
