package io.mobula.worker.history;

import io.mobula.agent.board.BoardReport;
import io.mobula.agent.board.BoardReport.LeaseRun;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Isolation;
import io.mobula.proto.LeaseEnded;
import io.mobula.proto.LeaseGranted;
import io.mobula.proto.LeaseSpilled;
import io.mobula.proto.Packet;
import io.mobula.proto.RequestLease;
import io.mobula.proto.RevokeLease;
import io.mobula.proto.WorkerEnd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A raylet's part: grants leases in workers that it starts, and tells how they end. */
final class LeaseGiver {
  private static final int SLOTS = 3;
  private static final int WORKERS_MAX = 4;

  private record Request(long owner, RequestLease body) {}

  record Lease(long owner, long worker, boolean isClosing) {}

  private final long self;
  private final Network network;
  private final Worker.Onlooker onlooker;
  private final List<Long> others = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  final Map<Long, Lease> leases = new LinkedHashMap<>();
  final Map<Long, Worker> workers = new LinkedHashMap<>();
  private final Map<Long, Boolean> isolated = new LinkedHashMap<>();
  private long lastLease;
  private int lastProcess = 100;

  LeaseGiver(long self, Network network, Worker.Onlooker onlooker) {
    this.self = self;
    this.network = network;
    this.onlooker = onlooker;
    network.join(self, this::onPacket);
  }

  void knows(long other) {
    others.add(other);
  }

  void forget(long other) {
    others.remove(other);
  }

  boolean hasRequests() {
    return !requests.isEmpty();
  }

  /** Answers a request. */
  void answer(RandomGenerator random) {
    if (requests.isEmpty()) {
      return;
    }
    Request request = requests.remove(random.nextInt(requests.size()));
    if (!others.isEmpty() && !request.body.getSpilled() && random.nextInt(3) == 0) {
      network.put(
          self,
          request.owner,
          Packet.newBuilder()
              .setLeaseSpilled(
                  LeaseSpilled.newBuilder()
                      .setRequest(request.body.getRequest())
                      .setRaylet(others.getFirst())));
      return;
    }
    boolean isAlone = request.body.getIsolation() == Isolation.PROCESS;
    long worker = find(isAlone);
    if (worker == 0) {
      requests.add(request);
      return;
    }
    leases.put(++lastLease, new Lease(request.owner, worker, false));
    network.put(
        self,
        request.owner,
        Packet.newBuilder()
            .setLeaseGranted(
                LeaseGranted.newBuilder()
                    .setRequest(request.body.getRequest())
                    .setLease(lastLease)
                    .setWorker(worker)));
  }

  /** A process of this node is gone; the owners of its leases are told before everybody. */
  void ended(long worker, List<Long> everybody) {
    Worker gone = workers.remove(worker);
    network.leave(worker);
    BoardReport board = gone == null ? BoardReport.UNKNOWN : gone.board();
    leases.forEach((number, lease) -> {
      if (lease.worker == worker && !lease.isClosing) {
        LeaseRun run = board.of(number);
        network.put(
            self,
            lease.owner,
            Packet.newBuilder()
                .setLeaseEnded(
                    LeaseEnded.newBuilder()
                        .setLease(number)
                        .setEnd(
                            WorkerEnd.newBuilder()
                                .setWorker(worker)
                                .setIsRecorded(board.isReadable())
                                .addAllStarted(run.started())
                                .setIsRunning(run.isRunning())
                                .setRunningTasks(board.runningTasks()))));
      }
    });
    leases.values().removeIf(lease -> lease.worker == worker);
    for (long process : everybody) {
      Packet.Builder news = Packet.newBuilder();
      news.getProcessDiedBuilder().setAddress(worker);
      // Those of other nodes hear it by the GCS, whenever that comes.
      boolean isHere = ProcessAddress.rayletOf(process) == self;
      network.put(isHere ? self : ProcessAddress.GCS, process, news);
    }
  }

  /** The node is dead. */
  void die() {
    workers.keySet().forEach(network::leave);
    network.leave(self);
    workers.clear();
    leases.clear();
    requests.clear();
  }

  private long find(boolean isAlone) {
    for (long worker : workers.keySet()) {
      long used = leases.values().stream().filter(lease -> lease.worker == worker).count();
      if (isolated.getOrDefault(worker, false) == isAlone && used < (isAlone ? 1 : SLOTS)) {
        return worker;
      }
    }
    if (workers.size() >= WORKERS_MAX) {
      return retire() ? find(isAlone) : 0;
    }
    long address = ProcessAddress.of(ProcessAddress.node(self), ++lastProcess);
    workers.put(address, new Worker(address, network, onlooker));
    isolated.put(address, isAlone);
    return address;
  }

  /** A worker without leases ends. */
  private boolean retire() {
    for (long worker : List.copyOf(workers.keySet())) {
      if (leases.values().stream().noneMatch(lease -> lease.worker == worker)) {
        workers.remove(worker);
        network.leave(worker);
        return true;
      }
    }
    return false;
  }

  private void onPacket(Packet packet) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case REQUEST_LEASE -> requests.add(new Request(from, packet.getRequestLease()));
      case CANCEL_LEASE_REQUESTS ->
          requests.removeIf(request ->
              request.owner == from
                  && packet
                      .getCancelLeaseRequests()
                      .getRequestsList()
                      .contains(request.body.getRequest()));
      case RETURN_LEASE -> {
        long number = packet.getReturnLease().getLease();
        Lease lease = leases.get(number);
        if (lease != null && lease.owner == from) {
          revoke(number, lease);
        }
      }
      case LEASE_CLOSED -> closed(packet.getLeaseClosed().getLease(), from);
      case LEASE_BLOCKED -> {
        // There are CPUs without number.
      }
      case UNDELIVERABLE -> {
        long away = packet.getUndeliverable().getAddress();
        if (packet.getUndeliverable().getGivenUp()) {
          requests.removeIf(request -> request.owner == away);
          leases.forEach((number, lease) -> {
            if (lease.owner == away) {
              revoke(number, lease);
            }
          });
        }
      }
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  private void closed(long number, long worker) {
    Lease lease = leases.get(number);
    if (lease == null || lease.worker != worker) {
      return;
    }
    leases.remove(number);
    if (!lease.isClosing) {
      network.put(
          self,
          lease.owner,
          Packet.newBuilder().setLeaseEnded(LeaseEnded.newBuilder().setLease(number)));
    }
  }

  private void revoke(long number, Lease lease) {
    if (!lease.isClosing) {
      leases.replace(number, new Lease(lease.owner, lease.worker, true));
      network.put(
          self,
          lease.worker,
          Packet.newBuilder().setRevokeLease(RevokeLease.newBuilder().setLease(number)));
    }
  }
}
