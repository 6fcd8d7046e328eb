package io.mobula.raylet.lease;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The node's lease requests, its leases and its free resources. The raylet's loop owns it; it is
 * deterministic: events and the time go in, effects come out through {@link LeaseEffects}.
 *
 * <h2>How it works</h2>
 *
 * <p>A request waits in {@link LeaseQueue} until {@link SchedulingPolicy} says what to do with it:
 * run here (resources are taken, then a slot is asked for), go to another node, or be refused
 * because no node could ever run it, which it hears after a second: a node may just have joined.
 * Requests are looked at again whenever resources become free or the cluster view changes. {@link
 * LeaseState} draws a lease's life.
 *
 * <p>Invariant: what the leases take and what is free add up to what the node has. {@link #check()}
 * verifies it.
 *
 * <p>Duplicates: a request that waits is not queued twice; one that was granted is answered again;
 * one whose lease has ended is ignored. A lease may be returned only by its requester, and closed
 * or blocked only by its worker; what others say of it is ignored, as is what comes for a lease
 * that has ended.
 */
public final class LeaseTable {
  /**
   * How long a request waits that no node could run: word of a node that has just joined may be on
   * its way.
   */
  static final long NOWHERE_NANOS = 1_000_000_000L;

  /** Requests that may wait; one more is refused. */
  static final int WAITING_MAX = 100_000;

  private final LeaseResources resources;
  private final LeaseEffects effects;
  private final long raylet;
  private final String hostName;
  private final LeaseQueue queue = new LeaseQueue();
  private final Map<LeaseRequest.Key, Lease> byRequest = new HashMap<>();
  private final Map<Long, Lease> byNumber = new LinkedHashMap<>();
  private final RecentKeys ended = new RecentKeys();
  private final RecentJobs endedJobs = new RecentJobs();
  private final Map<Long, NodeView> others = new LinkedHashMap<>();
  private boolean isViewComplete;

  /**
   * While the queue is served because the GCS told of the nodes. Only then does a request that
   * another raylet sent here go on: that one knew less, and the next knows no more.
   */
  private boolean isViewFresh;

  private long lastLease;

  /** The time of the event that is being handled. */
  private long nowNanos;

  /** When the first request is to be refused that no node could run. */
  private long refusalNanos = Long.MAX_VALUE;

  /**
   * Makes a table without leases.
   *
   * @param raylet this raylet's address
   * @param hostName for error messages
   * @param total what the node has
   */
  public LeaseTable(long raylet, String hostName, ResourceSet total, LeaseEffects effects) {
    this.raylet = raylet;
    this.hostName = hostName;
    this.resources = new LeaseResources(total);
    this.effects = effects;
  }

  /** What is free now. CPU may be negative while resumed tasks over-commit it. */
  public ResourceSet available() {
    return resources.free();
  }

  public ResourceSet total() {
    return resources.total();
  }

  /** Requests that wait for resources. */
  public int waitingCount() {
    return queue.size();
  }

  /** Leases that hold resources. */
  public int heldCount() {
    return byNumber.size() - queue.size();
  }

  /** A request came. */
  public void request(LeaseRequest request, long nowNanos) {
    Lease known = byRequest.get(request.key());
    if (known != null) {
      if (known.state() == LeaseState.GRANTED) {
        effects.granted(known.request, known.number, known.worker());
      }
      return;
    }
    if (ended.contains(request.key())) {
      return;
    }
    if (endedJobs.contains(request.job())) {
      effects.refused(request, LeaseFailures.jobEnded(request));
      return;
    }
    if (queue.size() >= WAITING_MAX) {
      effects.refused(request, LeaseFailures.queueFull(request, WAITING_MAX));
      return;
    }
    Lease lease = new Lease(++lastLease, request, nowNanos);
    byRequest.put(request.key(), lease);
    byNumber.put(lease.number, lease);
    queue.add(lease);
    serve(nowNanos);
  }

  /** The requester no longer wants these. What was granted stays granted: its owner returns it. */
  public void cancel(long requester, Collection<Long> requests, long nowNanos) {
    for (long request : requests) {
      Lease lease = byRequest.get(new LeaseRequest.Key(requester, request));
      if (lease != null) {
        withdraw(lease);
      }
    }
    serve(nowNanos);
  }

  /** The pool found a slot for the lease; ignored if the lease was withdrawn meanwhile. */
  public void slotReady(long number, long worker) {
    Lease lease = byNumber.get(number);
    if (lease != null && lease.state() == LeaseState.STARTING) {
      lease.placeOn(worker);
      effects.granted(lease.request, number, worker);
    }
  }

  /** The pool can't find a slot for the lease; ignored if it was withdrawn meanwhile. */
  public void slotFailed(long number, FailureKind kind, String message, long nowNanos) {
    Lease lease = byNumber.get(number);
    if (lease != null && lease.state() == LeaseState.STARTING) {
      end(lease, LeaseState.Event.LEFT);
      effects.refused(lease.request, LeaseFailures.of(kind, message, lease.request));
      serve(nowNanos);
    }
  }

  /** The requester gives its lease back. Its resources are free when its worker has closed it. */
  public void returned(long requester, long number) {
    Lease lease = byNumber.get(number);
    if (lease != null && lease.request.requester() == requester) {
      revoke(lease);
    }
  }

  /** The worker's thread is free. */
  public void closed(long worker, long number, long nowNanos) {
    Lease lease = ofWorker(worker, number);
    if (lease != null) {
      boolean isHeld = lease.state() == LeaseState.GRANTED;
      end(lease, LeaseState.Event.CLOSED);
      effects.slotReleased(number);
      if (isHeld) {
        effects.ended(lease.request, number);
      }
      serve(nowNanos);
    }
  }

  /**
   * The lease's task waits, or goes on. Going on takes its CPU back even if that makes it negative.
   */
  public void blocked(long worker, long number, boolean isBlocked, long nowNanos) {
    Lease lease = ofWorker(worker, number);
    if (lease != null && lease.isBlocked() != isBlocked) {
      resources.give(lease.taken());
      lease.setBlocked(isBlocked);
      resources.take(lease.taken());
      serve(nowNanos);
    }
  }

  /**
   * A process is dead, or (a raylet's address) a node: what it ran has ended, what it asked for is
   * void.
   */
  public void processDied(long address, long nowNanos) {
    for (Lease lease : List.copyOf(byNumber.values())) {
      if (lease.worker() != Lease.NO_WORKER && ProcessAddress.diesWith(lease.worker(), address)) {
        boolean isHeld = lease.state() == LeaseState.GRANTED;
        end(lease, LeaseState.Event.WORKER_DIED);
        effects.slotReleased(lease.number);
        if (isHeld) {
          effects.ended(lease.request, lease.number);
        }
      } else if (ProcessAddress.diesWith(lease.request.requester(), address)) {
        withdraw(lease);
        revoke(lease);
      }
    }
    serve(nowNanos);
  }

  /** The job is over: its waiting requests are refused. Its leases end with its workers. */
  public void jobEnded(int job, long nowNanos) {
    endedJobs.add(job);
    for (Lease lease : List.copyOf(byNumber.values())) {
      if (lease.request.job() == job && withdraw(lease)) {
        effects.refused(lease.request, LeaseFailures.jobEnded(lease.request));
      }
    }
    serve(nowNanos);
  }

  /** The other nodes that are alive, and what they have free. */
  public void clusterChanged(Collection<NodeView> nodes, long nowNanos) {
    isViewComplete = true;
    others.clear();
    nodes.stream()
        .filter(node -> node.raylet() != raylet)
        .forEach(node -> others.put(node.raylet(), node));
    isViewFresh = true;
    serve(nowNanos);
    isViewFresh = false;
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNanos() {
    return refusalNanos;
  }

  /** Time went on. */
  public void onTime(long now) {
    if (now >= refusalNanos) {
      serve(now);
    }
  }

  /** Verifies the invariants; for tests and for the state dump of a broken daemon. */
  public void check() {
    ResourceSet sum = resources.free();
    for (Lease lease : byNumber.values()) {
      sum = sum.plus(lease.taken());
    }
    if (!sum.equals(resources.total())) {
      throw new IllegalStateException("resources: sum=" + sum + ", total=" + resources.total());
    }
    ResourceSet beside = resources.free().minus(resources.free().only(ResourceSet.CPU));
    if (beside.hasNegative()) {
      throw new IllegalStateException("resources over-committed: free=" + resources.free());
    }
    if (count(lease -> lease.state() == LeaseState.QUEUED) != queue.size()
        || byRequest.size() != byNumber.size()
        || count(lease -> lease.state() == LeaseState.ENDED) != 0) {
      throw new IllegalStateException(
          "leases: queued=" + queue.size() + ", all=" + byNumber.size());
    }
  }

  private void serve(long now) {
    nowNanos = now;
    refusalNanos = Long.MAX_VALUE;
    queue.serve(resources, now, this::tryPlace);
  }

  private boolean tryPlace(Lease lease, boolean mayRunHere) {
    ResourceSet free = mayRunHere ? resources.free() : ResourceSet.NONE;
    NodeView here = new NodeView(raylet, hostName, resources.total(), free);
    LeaseRequest request = lease.request;
    boolean mayMoveOn = isViewFresh && !request.resources().fitsIn(free);
    boolean isPinned = (request.isPinned() && !mayMoveOn) || request.kind() == LeaseKind.ACTOR;
    Placement placement =
        SchedulingPolicy.place(
            request.resources(), here, others.values(), isPinned, isViewComplete);
    switch (placement) {
      case Placement.Here() -> {
        lease.on(LeaseState.Event.RESERVED);
        resources.take(lease.taken());
        effects.slotWanted(request, lease.number);
      }
      case Placement.Wait() -> {
        return false;
      }
      case Placement.Elsewhere(NodeView node) -> {
        if (request.kind() == LeaseKind.ACTOR) {
          refuse(lease, here);
        } else {
          others.put(node.raylet(), node.less(request.resources()));
          forget(lease, LeaseState.Event.LEFT);
          effects.spilled(request, node.raylet());
        }
      }
      case Placement.Nowhere(NodeView largest) -> {
        long untilNanos = lease.arrivedNanos + NOWHERE_NANOS;
        if (nowNanos < untilNanos && request.kind() != LeaseKind.ACTOR) {
          refusalNanos = Math.min(refusalNanos, untilNanos);
          return false;
        }
        refuse(lease, largest);
      }
    }
    return true;
  }

  private void refuse(Lease lease, NodeView largest) {
    forget(lease, LeaseState.Event.LEFT);
    effects.refused(lease.request, LeaseFailures.unschedulable(lease.request, largest));
  }

  /** Takes back a request that has not been granted. */
  private boolean withdraw(Lease lease) {
    return switch (lease.state()) {
      case QUEUED -> {
        queue.remove(lease);
        forget(lease, LeaseState.Event.LEFT);
        yield true;
      }
      case STARTING -> {
        end(lease, LeaseState.Event.LEFT);
        effects.slotReleased(lease.number);
        yield true;
      }
      case GRANTED, CLOSING, ENDED -> false;
    };
  }

  private void revoke(Lease lease) {
    if (lease.state() == LeaseState.GRANTED) {
      lease.on(LeaseState.Event.RETURNED);
      effects.revoked(lease.worker(), lease.number);
    }
  }

  private void end(Lease lease, LeaseState.Event event) {
    resources.give(lease.taken());
    forget(lease, event);
    ended.add(lease.request.key());
  }

  private void forget(Lease lease, LeaseState.Event event) {
    lease.on(event);
    byNumber.remove(lease.number);
    byRequest.remove(lease.request.key());
  }

  private @Nullable Lease ofWorker(long worker, long number) {
    Lease lease = byNumber.get(number);
    return lease != null && lease.worker() == worker && worker != Lease.NO_WORKER ? lease : null;
  }

  private long count(Predicate<Lease> test) {
    return byNumber.values().stream().filter(test).count();
  }
}
