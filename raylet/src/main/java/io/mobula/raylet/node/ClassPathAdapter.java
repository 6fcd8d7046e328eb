package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GetPackage;
import io.mobula.proto.JobConfig;
import io.mobula.proto.PackageChunk;
import io.mobula.proto.Packet;
import io.mobula.raylet.classpath.ClassPathEffects;
import io.mobula.raylet.classpath.ClassPathTable;
import io.mobula.raylet.classpath.Inspection;
import io.mobula.raylet.classpath.PackageStore;
import io.mobula.raylet.route.NodeRouter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link ClassPathTable}'s effects to packets and files, and their outcomes to its events. Owner
 * thread: the raylet's loop.
 */
final class ClassPathAdapter implements ClassPathEffects, PackageStore.Outcomes {
  private final String hostId;
  private final LoopContext loop;
  private final NodeRouter router;
  private final NodeEvents events;
  private final PackageStore files;
  private final ClassPathTable table;
  private final Map<Long, String> requested = new HashMap<>();
  private long lastCorrelation;

  ClassPathAdapter(
      String hostId, LoopContext loop, NodeRouter router, NodeEvents events, NodeEdges edges) {
    this.hostId = hostId;
    this.loop = loop;
    this.router = router;
    this.events = events;
    this.files = edges.packages(loop.executor(), this);
    this.table = new ClassPathTable(files::pathOf, this);
  }

  ClassPathTable table() {
    return table;
  }

  void prepare(int job, JobConfig config) {
    table.prepare(job, config.getHostId().equals(hostId), config.getClassPathList());
  }

  /** Returns whether the packet was an answer to a request for a package. */
  boolean onPacket(Packet packet) {
    if (packet.hasPackageChunk()) {
      PackageChunk chunk = packet.getPackageChunk();
      requested.remove(packet.getCorrelation());
      table.chunkArrived(
          chunk.getSha256(), chunk.getOffset(), chunk.getData().toByteArray(), chunk.getLast());
      return true;
    }
    boolean isNo = packet.hasRefusal() || packet.hasUndeliverable();
    long correlation =
        packet.hasUndeliverable()
            ? packet.getUndeliverable().getCorrelation()
            : packet.getCorrelation();
    String sha256 = isNo ? requested.remove(correlation) : null;
    if (sha256 == null) {
      return false;
    }
    String reason =
        packet.hasRefusal()
            ? packet.getRefusal().getFailure().getMessage()
            : packet.getUndeliverable().getReason();
    table.chunkRefused(sha256, reason, loop.nowNanos());
    return true;
  }

  void close() {
    files.close();
  }

  @Override
  public void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries) {
    files.inspect(job, isSameHost, entries);
  }

  @Override
  public void requestChunk(String sha256, long offset, int job) {
    lastCorrelation++;
    requested.put(lastCorrelation, sha256);
    router.send(
        router
            .packetTo(ProcessAddress.GCS)
            .setCorrelation(lastCorrelation)
            .setGetPackage(
                GetPackage.newBuilder().setSha256(sha256).setOffset(offset).setJob(job)));
  }

  @Override
  public void write(String sha256, long offset, byte[] data, boolean isLast) {
    files.write(sha256, offset, data, isLast);
  }

  @Override
  public void delete(String sha256) {
    files.delete(sha256);
  }

  @Override
  public void ready(int job, List<String> classPath) {
    events.add(new NodeEvent.ClassPathReady(job, classPath));
  }

  @Override
  public void failed(int job, FailureKind kind, String message) {
    events.add(new NodeEvent.ClassPathFailed(job, kind, message));
  }

  @Override
  public void inspected(int job, List<Inspection> findings) {
    table.inspected(job, findings, loop.nowNanos());
  }

  @Override
  public void chunkWritten(String sha256, long endOffset, boolean isLast) {
    table.chunkWritten(sha256, endOffset, isLast, loop.nowNanos());
  }

  @Override
  public void writeFailed(String sha256, String message) {
    table.writeFailed(sha256, message, loop.nowNanos());
  }
}
