package io.mobula.raylet.node;

import io.mobula.agent.board.BoardReport.LeaseRun;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPlaced;
import io.mobula.proto.Failure;
import io.mobula.proto.Isolation;
import io.mobula.proto.LeaseEnded;
import io.mobula.proto.LeaseGranted;
import io.mobula.proto.LeaseRefused;
import io.mobula.proto.LeaseSpilled;
import io.mobula.proto.Packet;
import io.mobula.proto.PlaceActor;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.Refusal;
import io.mobula.proto.RequestLease;
import io.mobula.proto.RevokeLease;
import io.mobula.proto.WorkerEnd;
import io.mobula.raylet.lease.LeaseEffects;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.lease.LeaseTable;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.worker.LastWords;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packets about leases and actor placements to {@link LeaseTable}, and its effects to packets.
 * Owner thread: the raylet's loop.
 *
 * <p>An actor's placement is a lease whose requester is the GCS and whose number is the packet's
 * correlation.
 */
final class LeaseAdapter implements LeaseEffects {
  private final NodeRouter router;
  private final NodeEvents events;
  private final LeaseTable table;
  private final Map<Long, Packet> placements = new HashMap<>();

  /** The death by which leases end at the moment. */
  private @Nullable WorkerEnding ending;

  private record WorkerEnding(ProcessDied death, LastWords lastWords) {}

  LeaseAdapter(
      long self, String hostName, ResourceSet total, NodeRouter router, NodeEvents events) {
    this.router = router;
    this.events = events;
    this.table = new LeaseTable(self, hostName, total, this);
  }

  LeaseTable table() {
    return table;
  }

  /** Returns whether the packet was about a lease or a placement. */
  boolean onPacket(Packet packet, long nowNanos) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case REQUEST_LEASE -> table.request(read(from, packet.getRequestLease()), nowNanos);
      case CANCEL_LEASE_REQUESTS ->
          table.cancel(from, packet.getCancelLeaseRequests().getRequestsList(), nowNanos);
      case RETURN_LEASE -> table.returned(from, packet.getReturnLease().getLease());
      case LEASE_CLOSED -> table.closed(from, packet.getLeaseClosed().getLease(), nowNanos);
      case LEASE_BLOCKED ->
          table.blocked(
              from,
              packet.getLeaseBlocked().getLease(),
              packet.getLeaseBlocked().getBlocked(),
              nowNanos);
      case PLACE_ACTOR -> place(packet, nowNanos);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** A worker is dead: the holders of its leases learn how, and what it was doing for them. */
  void workerDied(ProcessDied death, LastWords lastWords, long nowNanos) {
    ending = new WorkerEnding(death, lastWords);
    table.processDied(death.getAddress(), nowNanos);
    ending = null;
  }

  @Override
  public void granted(LeaseRequest request, long lease, long worker) {
    Packet placement = placementOf(request);
    if (placement != null) {
      PlaceActor place = placement.getPlaceActor();
      router.send(
          router
              .answerTo(placement)
              .setActorPlaced(
                  ActorPlaced.newBuilder()
                      .setId(place.getSpec().getId())
                      .setWorker(worker)
                      .setIncarnation(place.getIncarnation())));
    } else if (request.kind() != LeaseKind.ACTOR) {
      router.send(
          router
              .packetTo(request.requester())
              .setLeaseGranted(
                  LeaseGranted.newBuilder()
                      .setRequest(request.request())
                      .setLease(lease)
                      .setWorker(worker)));
    }
  }

  @Override
  public void spilled(LeaseRequest request, long raylet) {
    router.send(
        router
            .packetTo(request.requester())
            .setLeaseSpilled(
                LeaseSpilled.newBuilder().setRequest(request.request()).setRaylet(raylet)));
  }

  @Override
  public void refused(LeaseRequest request, Failure failure) {
    Packet placement = placementOf(request);
    if (placement != null) {
      router.send(router.answerTo(placement).setRefusal(Refusal.newBuilder().setFailure(failure)));
    } else if (request.kind() != LeaseKind.ACTOR) {
      router.send(
          router
              .packetTo(request.requester())
              .setLeaseRefused(
                  LeaseRefused.newBuilder().setRequest(request.request()).setFailure(failure)));
    }
  }

  @Override
  public void slotWanted(LeaseRequest request, long lease) {
    events.add(new NodeEvent.SlotWanted(request, lease));
  }

  @Override
  public void slotReleased(long lease) {
    events.add(new NodeEvent.SlotReleased(lease));
  }

  @Override
  public void ended(LeaseRequest request, long lease) {
    if (request.kind() == LeaseKind.ACTOR) {
      // The GCS follows the process itself.
      return;
    }
    LeaseEnded.Builder ended = LeaseEnded.newBuilder().setLease(lease);
    WorkerEnding how = ending;
    if (how != null) {
      ended.setEnd(describe(how, lease));
    }
    router.send(router.packetTo(request.requester()).setLeaseEnded(ended));
  }

  @Override
  public void revoked(long worker, long lease) {
    router.send(router.packetTo(worker).setRevokeLease(RevokeLease.newBuilder().setLease(lease)));
  }

  private static WorkerEnd.Builder describe(WorkerEnding how, long lease) {
    LeaseRun run = how.lastWords.board().of(lease);
    return WorkerEnd.newBuilder()
        .setWorker(how.death.getAddress())
        .setPid(how.death.getPid())
        .setHostName(how.death.getHostName())
        .setReason(how.death.getReason())
        .setIsExpected(how.death.getIsExpected())
        .addAllLastLines(how.lastWords.errorLines())
        .setIsRecorded(how.lastWords.board().isReadable())
        .addAllStarted(run.started())
        .setIsRunning(run.isRunning())
        .setRunningTasks(how.lastWords.board().runningTasks());
  }

  private void place(Packet packet, long nowNanos) {
    PlaceActor place = packet.getPlaceActor();
    String name = place.getSpec().getName();
    placements.put(packet.getCorrelation(), packet);
    table.request(
        new LeaseRequest(
            ProcessAddress.GCS,
            packet.getCorrelation(),
            place.getSpec().getJob(),
            ResourceSet.of(place.getSpec().getResources()),
            LeaseKind.ACTOR,
            true,
            name.isEmpty() ? place.getSpec().getClassName() : name),
        nowNanos);
  }

  /** The placement that this is the answer to; answered once. */
  private @Nullable Packet placementOf(LeaseRequest request) {
    return request.kind() == LeaseKind.ACTOR ? placements.remove(request.request()) : null;
  }

  private static LeaseRequest read(long from, RequestLease request) {
    return new LeaseRequest(
        from,
        request.getRequest(),
        request.getJob(),
        ResourceSet.of(request.getResources()),
        request.getIsolation() == Isolation.PROCESS ? LeaseKind.PROCESS : LeaseKind.SHARED,
        request.getSpilled(),
        request.getTaskName());
  }
}
