package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.AskCopy;
import io.mobula.proto.CopyAnswer;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LeaseEnded;
import io.mobula.proto.LeaseGranted;
import io.mobula.proto.LeaseSpilled;
import io.mobula.proto.LocationAdded;
import io.mobula.proto.LocationRemoved;
import io.mobula.proto.ObjectAvailable;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.RequestLease;
import io.mobula.proto.RevokeLease;
import io.mobula.proto.StoreFailure;
import io.mobula.proto.StoredObject;
import io.mobula.proto.Undeliverable;
import io.mobula.proto.WorkerEnd;
import io.mobula.proto.YieldArguments;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.failure.LossFailures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A raylet's part in histories: forwards, tells of deaths and of nodes that are given up, keeps a
 * store without bytes, gives every lease to a process of its own or names another raylet.
 */
final class VirtualRaylet implements VirtualNetwork.Station {
  /** What a raylet says that gives up too early. Nothing may follow from it but a question. */
  static final String TAKEN_FOR_LOST = "out of reach, and taken for lost";

  private record Lease(long owner, long worker) {}

  private record Conversation(long from, long to) {}

  /** Somebody waits for an object that another node has. */
  private record Pull(long client, long correlation, StoredObject object) {}

  private final long self;
  private final VirtualNetwork network;
  private final Map<Long, VirtualRaylet> others;
  private final VirtualStore store = new VirtualStore();
  private final Set<Long> processes = new LinkedHashSet<>();
  private final Set<Long> dead = new LinkedHashSet<>();

  /** Nodes from which no bytes come; packets do. */
  private final Set<Long> outOfReach = new LinkedHashSet<>();

  private final Set<Conversation> conversations = new LinkedHashSet<>();
  private final List<Pull> pulls = new ArrayList<>();
  private final Map<Long, Lease> leases = new LinkedHashMap<>();
  private RandomGenerator random;
  private long lastLease;

  /**
   * @param others all living raylets by address
   */
  VirtualRaylet(
      long self, VirtualNetwork network, Map<Long, VirtualRaylet> others, RandomGenerator random) {
    this.self = self;
    this.network = network;
    this.others = others;
    this.random = random;
    network.add(self, this);
  }

  void use(RandomGenerator next) {
    random = next;
  }

  long self() {
    return self;
  }

  void join(long process) {
    processes.add(process);
  }

  VirtualStore store() {
    return store;
  }

  boolean hasPulls() {
    return !pulls.isEmpty();
  }

  @Override
  public void onPacket(Packet packet) {
    long to = packet.getTo();
    if (to == self) {
      own(packet);
    } else if (ProcessAddress.rayletOf(to) == self) {
      if (processes.contains(to)) {
        network.put(self, to, packet);
      } else {
        returnToSender(packet);
      }
    } else if (to == ProcessAddress.GCS) {
      network.put(self, to, packet);
    } else if (dead.contains(ProcessAddress.rayletOf(to))) {
      returnToSender(packet);
    } else {
      conversations.add(new Conversation(packet.getFrom(), to));
      network.put(self, ProcessAddress.rayletOf(to), packet);
    }
  }

  /** A process of this node is gone, or the link to another raylet. */
  @Override
  public void onLinkEnd(long from) {
    if (processes.remove(from)) {
      // It is told of once the process itself is seen to be gone.
      network.put(self, self, death(from).setFrom(self).setTo(self).build());
    } else if (ProcessAddress.isRaylet(from)) {
      dead.add(from);
      for (Conversation lost : List.copyOf(conversations)) {
        if (ProcessAddress.rayletOf(lost.to) == from && conversations.remove(lost)) {
          send(
              lost.from,
              Packet.newBuilder().setUndeliverable(Undeliverable.newBuilder().setAddress(lost.to)));
        }
      }
    }
  }

  /** Gives up the way to another raylet, which lives on. */
  void giveUp(long other) {
    network.giveUp(self, other);
    tellLost(other);
  }

  /** Another raylet has given up the way to this one. */
  @Override
  public void onGivenUp(long from) {
    tellLost(from);
  }

  /** Whoever sent something there takes the addressee for dead. */
  private void tellLost(long other) {
    List<Conversation> lost =
        conversations.stream()
            .filter(conversation -> ProcessAddress.rayletOf(conversation.to) == other)
            .toList();
    lost.forEach(conversations::remove);
    for (Conversation conversation : lost) {
      send(
          conversation.from,
          Packet.newBuilder()
              .setUndeliverable(
                  Undeliverable.newBuilder().setAddress(conversation.to).setGivenUp(true)));
    }
  }

  /** Copies what somebody waits for from another node or from disk, or waits on, or gives up. */
  void pull() {
    Pull pull = pulls.remove(random.nextInt(pulls.size()));
    ObjectKey key = ObjectKey.of(pull.object.getId());
    VirtualStore.Copy here = store.copies().get(key);
    if (here != null && !here.isInMemory && !here.isFreed) {
      here.isInMemory = true;
    }
    if (isOwnerDead(key) || (here != null && here.isFreed)) {
      fail(pull, Failures.of(FailureKind.OBJECT_LOST, "no copy left"));
    } else if (here != null) {
      resume(pull, here);
    } else {
      copy(pull, key);
    }
  }

  private void resume(Pull pull, VirtualStore.Copy copy) {
    if (copy.isSealed) {
      answer(pull);
    } else {
      pulls.add(pull);
    }
  }

  /** Bytes come from another node no more, or again. */
  void setOutOfReach(long other, boolean isOutOfReach) {
    if (isOutOfReach) {
      outOfReach.add(other);
    } else {
      outOfReach.remove(other);
    }
  }

  private void copy(Pull pull, ObjectKey key) {
    boolean isComing = false;
    boolean isThere = false;
    boolean isBeyondReach = false;
    for (long location : pull.object.getLocationsList()) {
      VirtualRaylet other = others.get(location);
      if (other != null && outOfReach.contains(location)) {
        isBeyondReach = true;
        continue;
      }
      VirtualStore.Copy copy = other == null ? null : other.store.copies().get(key);
      if (copy != null && copy.attempt != pull.object.getAttempt()) {
        continue;
      }
      isThere |= copy != null && !copy.isFreed && copy.isSealed;
      isComing |= copy != null && !copy.isFreed;
    }
    if (isThere) {
      store.create(key, self, pull.object.getAttempt());
      store.seal(key, false);
      tellAdded(key, false);
      answer(pull);
    } else if (isComing || (isBeyondReach && random.nextInt(3) == 0)) {
      pulls.add(pull);
    } else if (isBeyondReach && random.nextBoolean()) {
      fail(pull, Failures.of(FailureKind.OBJECT_UNREACHABLE, "out of reach"));
    } else if (isBeyondReach) {
      fail(pull, Failures.of(FailureKind.OBJECT_LOST, TAKEN_FOR_LOST));
    } else {
      fail(pull, Failures.of(FailureKind.OBJECT_LOST, "no copy left"));
    }
  }

  /** Drops a copy that others have. */
  void evict() {
    List<ObjectKey> evictable = store.evictable();
    if (!evictable.isEmpty()) {
      ObjectKey key = evictable.get(random.nextInt(evictable.size()));
      VirtualStore.Copy copy = store.copies().get(key);
      if (copy != null && copy.isSpilled) {
        copy.isInMemory = false;
      } else {
        forget(key);
      }
    }
  }

  /** Writes a copy to disk. */
  void spill() {
    List<ObjectKey> spillable = store.spillable();
    if (!spillable.isEmpty()) {
      VirtualStore.Copy copy = store.copies().get(spillable.get(random.nextInt(spillable.size())));
      if (copy != null) {
        copy.isSpilled = true;
      }
    }
  }

  /**
   * A copy that nobody holds is only on disk, and can't be read back.
   *
   * @return its key, or null if there is none
   */
  @Nullable ObjectKey failDisk() {
    List<ObjectKey> unheld = store.unheld();
    if (unheld.isEmpty()) {
      return null;
    }
    ObjectKey key = unheld.get(random.nextInt(unheld.size()));
    forget(key);
    return key;
  }

  private void forget(ObjectKey key) {
    int attempt = attempt(key);
    store.copies().remove(key);
    send(
        key.owner(),
        Packet.newBuilder()
            .setLocationRemoved(
                LocationRemoved.newBuilder()
                    .setId(key.toProto())
                    .setRaylet(self)
                    .setAttempt(attempt)));
  }

  private int attempt(ObjectKey key) {
    VirtualStore.Copy copy = store.copies().get(key);
    return copy == null ? 0 : copy.attempt;
  }

  private void answerCopy(Packet packet) {
    AskCopy ask = packet.getAskCopy();
    VirtualStore.Copy copy = store.readable(ObjectKey.of(ask.getId()));
    send(
        packet.getFrom(),
        Packet.newBuilder()
            .setCorrelation(packet.getCorrelation())
            .setCopyAnswer(
                CopyAnswer.newBuilder()
                    .setId(ask.getId())
                    .setHeld(copy != null && copy.attempt == ask.getAttempt())));
  }

  private void own(Packet packet) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case PROCESS_DIED -> died(packet.getProcessDied().getAddress());
      case SEAL_OBJECT -> seal(ObjectKey.of(packet.getSealObject().getId()), from);
      case FETCH_OBJECT -> fetch(packet);
      case ASK_COPY -> answerCopy(packet);
      case RELEASE_OBJECT -> release(ObjectKey.of(packet.getReleaseObject().getId()), from);
      case FREE_OBJECTS -> {
        for (ObjectId id : packet.getFreeObjects().getIdsList()) {
          free(ObjectKey.of(id));
        }
      }
      case REQUEST_LEASE -> request(packet.getRequestLease(), from);
      case RETURN_LEASE -> revoke(packet.getReturnLease().getLease());
      case UNDELIVERABLE -> {
        if (from == self && packet.getUndeliverable().getGivenUp()) {
          outOfReach(packet.getUndeliverable().getAddress());
        }
      }
      case CANCEL_LEASE_REQUESTS, LEASE_CLOSED, LEASE_BLOCKED, RELEASE_NOTICE -> {
        // Every request is answered at once, and slots are without number.
      }
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  /** An owner may not have got what it was told of: its leases end, and it is told again. */
  private void outOfReach(long owner) {
    endLeases(owner);
    store
        .copies()
        .forEach((key, copy) -> {
          if (copy.isSealed && !copy.isFreed && ProcessAddress.diesWith(key.owner(), owner)) {
            tellAdded(key, true);
          }
        });
  }

  private void seal(ObjectKey key, long writer) {
    if (!store.seal(key, true)) {
      return;
    }
    if (isOwnerDead(key)) {
      store.free(key);
    } else if (writer != key.owner()) {
      tellAdded(key, true);
    }
  }

  private void tellAdded(ObjectKey key, boolean isPrimary) {
    send(
        key.owner(),
        Packet.newBuilder()
            .setLocationAdded(
                LocationAdded.newBuilder()
                    .setId(key.toProto())
                    .setRaylet(self)
                    .setPrimary(isPrimary)
                    .setAttempt(attempt(key))));
  }

  private void fetch(Packet packet) {
    StoredObject object = packet.getFetchObject().getObject();
    Pull pull = new Pull(packet.getFrom(), packet.getCorrelation(), object);
    VirtualStore.Copy copy = store.readable(ObjectKey.of(object.getId()));
    if (copy != null && copy.isInMemory) {
      answer(pull);
    } else {
      pulls.add(pull);
    }
  }

  /** A hold ends, or a wait for one. */
  private void release(ObjectKey key, long holder) {
    if (store.release(key, holder)) {
      return;
    }
    for (Pull pull : pulls.reversed()) {
      if (pull.client == holder && ObjectKey.of(pull.object.getId()).equals(key)) {
        pulls.remove(pull);
        fail(pull, Failures.of(FailureKind.INVALID, "no longer wanted"));
        return;
      }
    }
  }

  /** What somebody waits for has no room: processes are to let go of arguments. */
  void starve() {
    Pull first = pulls.getFirst();
    YieldArguments.Builder body = YieldArguments.newBuilder();
    if (random.nextBoolean()) {
      body.setKeep(first.object.getId());
    }
    for (long process : List.copyOf(processes)) {
      send(process, Packet.newBuilder().setYieldArguments(body));
    }
  }

  private void free(ObjectKey key) {
    store.free(key);
    for (Pull pull : List.copyOf(pulls)) {
      if (ObjectKey.of(pull.object.getId()).equals(key) && pulls.remove(pull)) {
        fail(pull, LossFailures.unreferenced(key));
      }
    }
  }

  private void answer(Pull pull) {
    ObjectKey key = ObjectKey.of(pull.object.getId());
    VirtualStore.Copy copy = store.readable(key);
    if (copy == null) {
      throw new AssertionError("answered without a copy: " + key);
    }
    if (processes.contains(pull.client)) {
      copy.holders.add(pull.client);
      send(
          pull.client,
          Packet.newBuilder()
              .setCorrelation(pull.correlation)
              .setObjectAvailable(ObjectAvailable.newBuilder().setId(key.toProto())));
    }
  }

  private void fail(Pull pull, Failure failure) {
    send(
        pull.client,
        Packet.newBuilder()
            .setCorrelation(pull.correlation)
            .setStoreFailure(
                StoreFailure.newBuilder().setId(pull.object.getId()).setFailure(failure)));
  }

  private void request(RequestLease request, long owner) {
    List<Long> elsewhere = new ArrayList<>(others.keySet());
    elsewhere.remove(self);
    elsewhere.removeAll(dead);
    boolean isSpilled = processes.isEmpty() || random.nextInt(3) == 0;
    if (isSpilled && !request.getSpilled() && !elsewhere.isEmpty()) {
      send(
          owner,
          Packet.newBuilder()
              .setLeaseSpilled(
                  LeaseSpilled.newBuilder()
                      .setRequest(request.getRequest())
                      .setRaylet(elsewhere.get(random.nextInt(elsewhere.size())))));
      return;
    }
    if (processes.isEmpty()) {
      send(
          owner,
          Packet.newBuilder()
              .setLeaseRefused(
                  io.mobula.proto.LeaseRefused.newBuilder()
                      .setRequest(request.getRequest())
                      .setFailure(Failures.of(FailureKind.UNSCHEDULABLE, "nobody is left here"))));
      return;
    }
    long worker = List.copyOf(processes).get(random.nextInt(processes.size()));
    long lease = ++lastLease;
    leases.put(lease, new Lease(owner, worker));
    send(
        owner,
        Packet.newBuilder()
            .setLeaseGranted(
                LeaseGranted.newBuilder()
                    .setRequest(request.getRequest())
                    .setLease(lease)
                    .setWorker(worker)));
  }

  private void revoke(long number) {
    Lease lease = leases.remove(number);
    if (lease != null) {
      send(
          lease.worker,
          Packet.newBuilder().setRevokeLease(RevokeLease.newBuilder().setLease(number)));
    }
  }

  private void died(long address) {
    if (!dead.add(address) && !ProcessAddress.isRaylet(address)) {
      return;
    }
    if (ProcessAddress.isRaylet(address)) {
      network.closeUnread(address, self);
      conversations.removeIf(lost -> ProcessAddress.rayletOf(lost.to) == address);
    }
    store.processDied(address);
    for (Pull pull : List.copyOf(pulls)) {
      if (pull.client == address) {
        pulls.remove(pull);
      }
    }
    leases.forEach((number, lease) -> {
      if (lease.worker == address) {
        WorkerEnd end = WorkerEnd.newBuilder().setWorker(address).build();
        send(
            lease.owner,
            Packet.newBuilder()
                .setLeaseEnded(LeaseEnded.newBuilder().setLease(number).setEnd(end)));
      }
    });
    leases.values().removeIf(lease -> lease.worker == address);
    endLeases(address);
    if (ProcessAddress.rayletOf(address) == self) {
      send(ProcessAddress.GCS, death(address));
    }
    processes.forEach(process -> send(process, death(address)));
  }

  private void endLeases(long owner) {
    leases.forEach((number, lease) -> {
      if (ProcessAddress.diesWith(lease.owner, owner)) {
        send(
            lease.worker,
            Packet.newBuilder().setRevokeLease(RevokeLease.newBuilder().setLease(number)));
      }
    });
    leases.values().removeIf(lease -> ProcessAddress.diesWith(lease.owner, owner));
  }

  private boolean isOwnerDead(ObjectKey key) {
    return dead.contains(key.owner()) || dead.contains(ProcessAddress.rayletOf(key.owner()));
  }

  private static Packet.Builder death(long address) {
    return Packet.newBuilder().setProcessDied(ProcessDied.newBuilder().setAddress(address));
  }

  private void returnToSender(Packet packet) {
    if (!packet.hasUndeliverable()) {
      send(
          packet.getFrom(),
          Packet.newBuilder()
              .setUndeliverable(
                  Undeliverable.newBuilder()
                      .setAddress(packet.getTo())
                      .setCorrelation(packet.getCorrelation())));
    }
  }

  private void send(long to, Packet.Builder packet) {
    onPacket(packet.setFrom(self).setTo(to).build());
  }
}
