package io.mobula.worker.own;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.AddBorrower;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.BorrowerAdded;
import io.mobula.proto.Failure;
import io.mobula.proto.FreeObjects;
import io.mobula.proto.LossReason;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.RemoveBorrower;
import io.mobula.proto.StoredObject;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.failure.LossFailures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership;
import io.mobula.worker.object.Ownership.Registration;
import io.mobula.worker.own.Relations.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps objects alive as long as any process refers to them, and not longer. Owner thread: the core
 * worker's loop.
 *
 * <h2>How it works</h2>
 *
 * <p>Every process counts what needs an object there (retains). A process that refers to an object
 * of another's is its <em>borrower</em>: it registers with the owner (AddBorrower, acknowledged)
 * when the first retain appears and deregisters (RemoveBorrower) when the last one goes; the owner
 * holds one retain a borrower. The rule that makes it safe: <b>whoever hands a reference on keeps
 * its own retain until the receiver is registered.</b> A submitter keeps what is inside a task's
 * arguments until the task's reply, and a worker does not reply before the registrations it began
 * are acknowledged; a worker keeps what is inside a result until the receiver says
 * ReferencesReceived; a value keeps what is inside it as long as it lives itself.
 *
 * <p>AddBorrower and RemoveBorrower are numbered by their sender, rising: one that comes twice,
 * late or out of order does nothing (see {@link io.mobula.worker.object.Borrowers}). A dead
 * borrower's retain is dropped by {@link #onProcessDied}; a dead owner's objects fail there.
 */
public final class References {
  private final ObjectTable table;
  private final Outbox outbox;
  private final Map<Long, List<ObjectEntry>> registering = new LinkedHashMap<>();
  private final Map<Long, RemoveBorrower.Builder> deregistering = new LinkedHashMap<>();
  private final Map<Long, FreeObjects.Builder> freeing = new LinkedHashMap<>();
  private final ArrayDeque<ObjectEntry> going = new ArrayDeque<>();
  private final Relations relations;
  private FreedListener freedListener = key -> List.of();
  private boolean isLettingGo;
  private long lastNumber;

  /** Retains that borrowers have. */
  private int borrowings;

  public References(ObjectTable table, Outbox outbox) {
    this.table = table;
    this.outbox = outbox;
    this.relations = new Relations(outbox);
  }

  /** Has the listener told of every owned object that is freed. Once, before anything else. */
  public void tellWhenFreed(FreedListener listener) {
    freedListener = listener;
  }

  /** Whether this process owns the object. */
  public boolean isOwned(ObjectEntry entry) {
    return entry.key().owner() == outbox.self();
  }

  /**
   * Makes sure that the owner counts this process. Call it for every entry that is new here; does
   * nothing for owned and registered ones.
   */
  public void borrow(ObjectEntry entry) {
    if (isOwned(entry) || entry.ownership().registration() != Registration.NONE) {
      return;
    }
    // Until the owner has answered, the entry must not go: its RemoveBorrower could overtake. It
    // may be gone already, when a program dropped what it decoded before the loop heard of it.
    if (!entry.tryRetain()) {
      return;
    }
    entry.ownership().setRegistration(Registration.SENT);
    relations.add(entry, entry.key().owner());
    registering.computeIfAbsent(entry.key().owner(), owner -> new ArrayList<>()).add(entry);
  }

  /** Runs the action once the object's owner counts this process (or is known not to). */
  public void whenRegistered(ObjectEntry entry, Runnable action) {
    borrow(entry);
    if (entry.ownership().registration() == Registration.SENT) {
      entry.ownership().registrationListeners().add(action);
    } else {
      action.run();
    }
  }

  /**
   * Retains and borrows the references inside a value that arrived, for the object that holds it.
   */
  public void adoptContained(ObjectEntry holder, List<ObjectId> references) {
    for (ObjectId id : references) {
      ObjectEntry inner = table.retainOrCreate(ObjectKey.of(id), outbox.self());
      borrow(inner);
      holder.ownership().contained().add(inner);
    }
  }

  /** Asks the owner for the value, once. */
  public void await(ObjectEntry entry) {
    if (entry.isReady() || isOwned(entry) || entry.ownership().isAwaited()) {
      return;
    }
    entry.ownership().setAwaited();
    entry.retain();
    outbox.request(
        entry.key().owner(),
        Packet.newBuilder().setAwaitObject(AwaitObject.newBuilder().setId(entry.key().toProto())),
        new AwaitReply(entry));
  }

  /**
   * Takes a retain away, and lets the object go if it was the last, with all that only it kept. A
   * chain of any length needs no stack.
   */
  public void release(ObjectEntry entry) {
    if (!entry.release()) {
      return;
    }
    going.addLast(entry);
    if (isLettingGo) {
      return;
    }
    isLettingGo = true;
    try {
      for (ObjectEntry next = going.pollFirst(); next != null; next = going.pollFirst()) {
        letGo(next);
      }
    } finally {
      isLettingGo = false;
    }
  }

  private void letGo(ObjectEntry entry) {
    table.remove(entry);
    if (isOwned(entry)) {
      relations.forget(entry);
      freeCopies(entry);
      freedListener.onFreed(entry.key()).forEach(this::release);
    } else {
      relations.remove(entry, entry.key().owner());
      if (entry.ownership().registration() == Registration.CONFIRMED) {
        deregistering
            .computeIfAbsent(entry.key().owner(), owner -> RemoveBorrower.newBuilder())
            .addIds(entry.key().toProto());
      }
    }
    entry.ownership().contained().forEach(this::release);
    entry.ownership().contained().clear();
  }

  /** A borrower registers. */
  public void onAddBorrower(Packet packet) {
    long number = packet.getAddBorrower().getNumber();
    BorrowerAdded.Builder answer = BorrowerAdded.newBuilder();
    Map<ObjectKey, Outcome> freed = new LinkedHashMap<>(0);
    for (ObjectId id : packet.getAddBorrower().getIdsList()) {
      ObjectEntry entry = table.find(ObjectKey.of(id));
      if (entry == null || !entry.tryRetain()) {
        answer.addUnknown(id);
        continue;
      }
      boolean isNew = entry.ownership().borrowers().add(packet.getFrom(), number);
      if (!isNew) {
        release(entry);
        continue;
      }
      borrowings++;
      relations.add(entry, packet.getFrom());
      if (entry.outcome() instanceof Outcome.Failed failed
          && failed.failure().getLossReason() == LossReason.LOSS_FREED) {
        freed.put(entry.key(), failed);
      }
    }
    outbox.send(
        packet.getFrom(),
        Packet.newBuilder().setCorrelation(packet.getCorrelation()).setBorrowerAdded(answer));
    // It may have asked for the value before, and was no borrower when the others were told.
    freed.forEach(
        (key, outcome) -> outbox.send(packet.getFrom(), Values.answer(key, outcome, List.of())));
  }

  /** A borrower deregisters. */
  public void onRemoveBorrower(Packet packet) {
    long number = packet.getRemoveBorrower().getNumber();
    for (ObjectId id : packet.getRemoveBorrower().getIdsList()) {
      ObjectEntry entry = table.find(ObjectKey.of(id));
      if (entry == null) {
        continue;
      }
      // It is remembered, until it dies.
      relations.add(entry, packet.getFrom());
      if (entry.ownership().borrowers().remove(packet.getFrom(), number)) {
        borrowings--;
        release(entry);
      }
    }
  }

  /** A borrower wants the value. */
  public void onAwaitObject(Packet packet) {
    long from = packet.getFrom();
    long correlation = packet.getCorrelation();
    ObjectKey key = ObjectKey.of(packet.getAwaitObject().getId());
    ObjectEntry entry = table.find(key);
    if (entry == null) {
      outbox.send(
          from,
          Values.answer(key, new Outcome.Failed(LossFailures.unreferenced(key)), List.of())
              .setCorrelation(correlation));
      return;
    }
    entry.whenReady(ready -> {
      Outcome outcome = ready.outcome();
      if (outcome != null) {
        outbox.send(
            from,
            Values.answer(key, outcome, ready.ownership().contained()).setCorrelation(correlation));
      }
    });
  }

  /**
   * A raylet holds a copy of an object of ours. Before the result is known it is an attempt's;
   * which one's, the result says.
   *
   * @param isPrimary whether it is the result of a task that ran there
   * @param attempt whose copy it is; if the object is another attempt's, it goes
   */
  public void onLocationAdded(ObjectKey key, long raylet, boolean isPrimary, int attempt) {
    ObjectEntry entry = table.find(key);
    if (entry == null) {
      free(key, raylet);
      return;
    }
    Ownership ownership = entry.ownership();
    boolean isKnown = ownership.locations().contains(raylet);
    if (ownership.isRemade() && isPrimary) {
      ownership.doubtfulLocations().add(raylet);
      relations.add(entry, raylet);
    } else if (entry.isReady() && !isKnown && !isOfAttempt(entry, attempt)) {
      free(key, raylet);
    } else if (!isKnown) {
      ownership.doubtfulLocations().remove(raylet);
      ownership.locations().add(raylet);
      relations.add(entry, raylet);
      refreshLocations(entry);
    }
  }

  /**
   * Copies that an attempt left whose result does not count. They go, now or with the object,
   * unless it is the attempt that counts, or another's copy took their place.
   */
  public void dropCopies(ObjectKey key, List<Long> raylets, int attempt) {
    ObjectEntry entry = table.find(key);
    if (entry != null
        && entry.outcome() instanceof Outcome.Stored stored
        && stored.object().getAttempt() == attempt) {
      return;
    }
    raylets.forEach(raylet -> onLocationAdded(key, raylet, true, attempt));
  }

  /**
   * A raylet says that its copy of an object of ours is gone.
   *
   * @param attempt whose copy it was; if the object is another attempt's by now, whose copy may be
   *     there, nothing follows
   */
  public void onLocationRemoved(ObjectKey key, long raylet, int attempt) {
    ObjectEntry entry = table.find(key);
    if (entry == null || (entry.isReady() && !isOfAttempt(entry, attempt))) {
      return;
    }
    entry.ownership().doubtfulLocations().remove(raylet);
    if (entry.ownership().locations().remove(raylet)) {
      refreshLocations(entry);
    }
    relations.copiesChanged(entry, List.of(raylet));
  }

  private static boolean isOfAttempt(ObjectEntry entry, int attempt) {
    return entry.outcome() instanceof Outcome.Stored stored
        && stored.object().getAttempt() == attempt;
  }

  /**
   * The outcome of an owned object is known: set it, and free what other attempts have left. If
   * there is an outcome already, what came is freed.
   */
  public void completeOwned(ObjectEntry entry, Outcome outcome) {
    List<Long> stored =
        outcome instanceof Outcome.Stored now ? now.object().getLocationsList() : List.of();
    if (entry.isReady()) {
      stored.forEach(raylet -> free(entry.key(), raylet));
      return;
    }
    Set<Long> locations = entry.ownership().locations();
    List<Long> before = List.copyOf(locations);
    for (long raylet : before) {
      if (!stored.contains(raylet)) {
        free(entry.key(), raylet);
      }
    }
    locations.clear();
    locations.addAll(stored);
    relations.copiesChanged(entry, before);
    relations.copiesChanged(entry, stored);
    entry.complete(outcome);
  }

  /**
   * An object that was ready is something else now: made again, failed, or at other places.
   *
   * @param inside the references inside the new value
   */
  public void replace(ObjectEntry entry, Outcome outcome, List<ObjectId> inside) {
    List<ObjectEntry> before = List.copyOf(entry.ownership().contained());
    entry.ownership().contained().clear();
    adoptContained(entry, inside);
    before.forEach(this::release);
    Set<Long> locations = entry.ownership().locations();
    Set<Long> doubtful = entry.ownership().doubtfulLocations();
    if (isOwned(entry)) {
      doubtful.addAll(locations);
      List<Long> known = List.copyOf(doubtful);
      locations.clear();
      if (outcome instanceof Outcome.Stored stored) {
        locations.addAll(stored.object().getLocationsList());
        doubtful.removeAll(locations);
      } else {
        freeCopies(entry);
        doubtful.clear();
      }
      relations.copiesChanged(entry, known);
      relations.copiesChanged(entry, locations);
    }
    entry.replaceOutcome(outcome);
  }

  /**
   * A raylet that has a copy of an owned object is out of our reach for good: nobody is sent there
   * any more.
   *
   * @param attempt whose copy it had when it was asked
   */
  public void doubt(ObjectEntry entry, long raylet, int attempt) {
    if (isOfAttempt(entry, attempt) && entry.ownership().locations().remove(raylet)) {
      entry.ownership().doubtfulLocations().add(raylet);
      refreshLocations(entry);
    }
  }

  /** The processes that refer to objects that this one owns. */
  public List<Long> borrowers() {
    return borrowings == 0 ? List.of() : relations.borrowers();
  }

  /** Whether another process refers to an object that this one owns. */
  public boolean isBorrowedFrom() {
    return borrowings > 0;
  }

  /**
   * A process, or a node, died: as a borrower, as an owner, and as a holder of copies.
   *
   * @return how many objects had to do with it; no other is looked at
   */
  public int onProcessDied(long dead, String reason) {
    return windUp(dead, reason, false);
  }

  /**
   * The way to a process, or to a node, was lost for too long: as {@link #onProcessDied}, but the
   * node's copies are taken to be there still, so that they are freed with their objects. Whoever
   * can't get one says so.
   */
  public void onGivenUp(long lost, String reason) {
    windUp(lost, reason, true);
  }

  private int windUp(long dead, String reason, boolean mayLive) {
    List<Relation> affected = new ArrayList<>();
    for (Relation relation : relations.of(dead)) {
      if (relation.entry().tryRetain()) {
        affected.add(relation);
      }
    }
    for (Relation relation : affected) {
      ObjectEntry entry = relation.entry();
      if (!isOwned(entry)) {
        relations.remove(entry, relation.process());
        entry.ownership().setRegistration(Registration.CONFIRMED);
        runRegistrationListeners(entry);
        entry.complete(new Outcome.Failed(Failures.ownerDied(entry.key(), reason)));
      } else if (!ProcessAddress.isRaylet(relation.process())) {
        relations.remove(entry, relation.process());
        dropBorrower(entry, relation.process());
      } else if (!mayLive) {
        dropLocation(entry, relation.process());
      }
      release(entry);
    }
    return affected.size();
  }

  /** Sends what was gathered. Call it once a turn. */
  public void flush() {
    while (!registering.isEmpty() || !deregistering.isEmpty() || !freeing.isEmpty()) {
      // First what is gone: a new entry for the same object may have come after it in this turn.
      Map<Long, RemoveBorrower.Builder> gone = new LinkedHashMap<>(deregistering);
      deregistering.clear();
      gone.forEach((owner, ids) ->
          outbox.send(owner, Packet.newBuilder().setRemoveBorrower(ids.setNumber(++lastNumber))));
      Map<Long, List<ObjectEntry>> batch = new LinkedHashMap<>(registering);
      registering.clear();
      batch.forEach(this::sendRegistrations);
      Map<Long, FreeObjects.Builder> free = new LinkedHashMap<>(freeing);
      freeing.clear();
      free.forEach((raylet, ids) -> outbox.send(raylet, Packet.newBuilder().setFreeObjects(ids)));
    }
  }

  private void sendRegistrations(long owner, List<ObjectEntry> entries) {
    AddBorrower.Builder ids = AddBorrower.newBuilder().setNumber(++lastNumber);
    entries.forEach(entry -> ids.addIds(entry.key().toProto()));
    outbox.request(owner, Packet.newBuilder().setAddBorrower(ids), new RegistrationReply(entries));
  }

  private void freeCopies(ObjectEntry entry) {
    entry.ownership().locations().forEach(raylet -> free(entry.key(), raylet));
    entry.ownership().doubtfulLocations().forEach(raylet -> free(entry.key(), raylet));
  }

  private void free(ObjectKey key, long raylet) {
    freeing.computeIfAbsent(raylet, node -> FreeObjects.newBuilder()).addIds(key.toProto());
  }

  private void refreshLocations(ObjectEntry entry) {
    if (entry.outcome() instanceof Outcome.Stored stored) {
      StoredObject.Builder now = stored.object().toBuilder().clearLocations();
      now.addAllLocations(entry.ownership().locations());
      entry.replaceOutcome(new Outcome.Stored(now.build()));
    }
  }

  private void dropBorrower(ObjectEntry entry, long dead) {
    for (int i = entry.ownership().borrowers().die(dead); i > 0; i--) {
      borrowings--;
      release(entry);
    }
  }

  private void dropLocation(ObjectEntry entry, long raylet) {
    entry.ownership().doubtfulLocations().remove(raylet);
    if (entry.ownership().locations().remove(raylet)) {
      refreshLocations(entry);
    }
    relations.remove(entry, raylet);
  }

  /** Verifies that every object is listed under those that it has to do with. For tests. */
  public void check() {
    relations.check(table.entries());
    long present =
        table.entries().stream()
            .mapToLong(entry -> entry.ownership().borrowers().all().size())
            .sum();
    if (present != borrowings) {
      throw new IllegalStateException("borrowers: present=" + present + ", counted=" + borrowings);
    }
  }

  private static void runRegistrationListeners(ObjectEntry entry) {
    List<Runnable> listeners = List.copyOf(entry.ownership().registrationListeners());
    entry.ownership().registrationListeners().clear();
    listeners.forEach(Runnable::run);
  }

  /** The owner's answer to a batch of registrations. */
  private final class RegistrationReply implements ReplyHandler {
    private final List<ObjectEntry> entries;

    RegistrationReply(List<ObjectEntry> entries) {
      this.entries = entries;
    }

    @Override
    public void onReply(Packet reply) {
      List<ObjectId> unknown = reply.getBorrowerAdded().getUnknownList();
      for (ObjectEntry entry : entries) {
        if (!unknown.isEmpty() && unknown.contains(entry.key().toProto())) {
          entry.complete(new Outcome.Failed(LossFailures.unreferenced(entry.key())));
        }
        settle(entry);
      }
    }

    @Override
    public void onUnreachable(Failure failure) {
      for (ObjectEntry entry : entries) {
        entry.complete(new Outcome.Failed(Failures.ownerDied(entry.key(), failure.getMessage())));
        settle(entry);
      }
    }

    private void settle(ObjectEntry entry) {
      entry.ownership().setRegistration(Registration.CONFIRMED);
      runRegistrationListeners(entry);
      release(entry);
    }
  }

  /** The owner's answer to a request for a value. */
  private final class AwaitReply implements ReplyHandler {
    private final ObjectEntry entry;

    AwaitReply(ObjectEntry entry) {
      this.entry = entry;
    }

    @Override
    public void onReply(Packet reply) {
      if (!entry.isReady()) {
        adoptContained(entry, Values.references(reply.getObjectValue()));
        entry.complete(Values.outcome(reply.getObjectValue()));
      }
      // What is inside must be registered before the owner may let the outer object go.
      releaseOnceContainedIsRegistered();
    }

    @Override
    public void onUnreachable(Failure failure) {
      entry.complete(new Outcome.Failed(Failures.ownerDied(entry.key(), failure.getMessage())));
      release(entry);
    }

    private void releaseOnceContainedIsRegistered() {
      List<ObjectEntry> contained = List.copyOf(entry.ownership().contained());
      Countdown countdown = new Countdown(contained.size(), () -> release(entry));
      contained.forEach(inner -> whenRegistered(inner, countdown::down));
    }
  }
}
