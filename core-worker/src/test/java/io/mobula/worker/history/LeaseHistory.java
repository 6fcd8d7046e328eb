package io.mobula.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.submit.PendingTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A random history from a seed: two owners on one node, two nodes with workers, tasks of which some
 * end their process, and faults. Whatever happens, in the end each task has one outcome, none has
 * run more often than it may, and nothing is held.
 */
final class LeaseHistory {
  private static final int STEPS = 600;
  private static final int DRAIN_MAX = 200_000;
  private static final int OTHER_NODE = 2;

  /** What goes wrong besides poison tasks. */
  enum Faults {
    NONE,
    /** Processes are killed, threads end by errors, nodes give each other up, a node dies. */
    ALL
  }

  private record TaskKey(long owner, long sequence) {}

  private final Random random;
  private final Faults faults;
  private final Network network = new Network();
  private final Map<TaskKey, Integer> starts = new LinkedHashMap<>();
  private final List<Owner> owners;
  private final LeaseGiver here;
  private final LeaseGiver there;
  private boolean isThereDead;

  private LeaseHistory(long seed, Faults faults) {
    this.random = new Random(seed);
    this.faults = faults;
    this.owners =
        List.of(
            new Owner(ProcessAddress.of(1, 1), network),
            new Owner(ProcessAddress.of(1, 2), network));
    this.here = new LeaseGiver(ProcessAddress.of(1, 0), network, this::onStarted);
    this.there = new LeaseGiver(ProcessAddress.of(OTHER_NODE, 0), network, this::onStarted);
    here.knows(ProcessAddress.of(OTHER_NODE, 0));
  }

  static void play(long seed, Faults faults) {
    LeaseHistory history = new LeaseHistory(seed, faults);
    try {
      for (int step = 0; step < STEPS; step++) {
        history.step();
      }
      history.drain();
      history.check();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed=" + seed + ", faults=" + faults + ": " + e.getMessage(), e);
    }
  }

  private void step() {
    Owner owner = owners.get(random.nextInt(owners.size()));
    switch (random.nextInt(12)) {
      case 0, 1 ->
          owner.submit(random.nextInt(12) == 0, random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(2));
      case 2 -> advance(random.nextInt(15_000_000));
      case 3 -> {
        if (faults == Faults.ALL) {
          fault();
        }
      }
      default -> goOn();
    }
  }

  private void goOn() {
    switch (random.nextInt(6)) {
      case 0 -> (random.nextBoolean() ? here : there).answer(random);
      case 1, 2 -> work(random.nextBoolean() ? here : there, faults == Faults.ALL);
      default -> network.deliver(random);
    }
  }

  private void work(LeaseGiver node, boolean mayFail) {
    List<Long> all = List.copyOf(node.workers.keySet());
    if (all.isEmpty()) {
      return;
    }
    long address = all.get(random.nextInt(all.size()));
    Worker worker = node.workers.get(address);
    if (worker != null && worker.step(random, mayFail)) {
      die(node, address);
    }
  }

  private void fault() {
    switch (random.nextInt(60)) {
      case 0 -> {
        network.giveUp(1, OTHER_NODE);
      }
      case 1 -> {
        if (!isThereDead) {
          killNode();
        }
      }
      case 2, 3, 4, 5, 6 -> {
        LeaseGiver node = random.nextBoolean() ? here : there;
        List<Long> all = List.copyOf(node.workers.keySet());
        if (!all.isEmpty()) {
          die(node, all.get(random.nextInt(all.size())));
        }
      }
      default -> {
        // Most of the time nothing happens.
      }
    }
  }

  private void die(LeaseGiver node, long worker) {
    network.lose(from -> from == worker, random);
    node.ended(worker, addresses());
  }

  private void killNode() {
    isThereDead = true;
    long raylet = ProcessAddress.of(OTHER_NODE, 0);
    there.die();
    here.forget(raylet);
    network.lose(from -> ProcessAddress.node(from) == OTHER_NODE, random);
    for (long owner : addresses()) {
      Packet.Builder news = Packet.newBuilder();
      news.getProcessDiedBuilder().setAddress(raylet);
      network.put(ProcessAddress.GCS, owner, news);
    }
  }

  private static List<Long> addresses() {
    return List.of(ProcessAddress.of(1, 1), ProcessAddress.of(1, 2));
  }

  private void advance(long nanos) {
    for (Owner owner : owners) {
      owner.nowNanos += nanos;
      owner.tick();
    }
  }

  /** Nothing more goes wrong, but for poison. */
  private void drain() {
    for (int step = 0; step < DRAIN_MAX && !isOver(); step++) {
      goOn();
      if (step % 20 == 0) {
        advance(25_000_000);
      }
    }
  }

  private boolean isOver() {
    return network.isQuiet()
        && owners.stream()
            .allMatch(owner ->
                owner.outcomes.size() == owner.submitted.size()
                    && owner.submitter.heldLeases() == 0)
        && here.leases.isEmpty()
        && there.leases.isEmpty();
  }

  private void check() {
    for (Owner owner : owners) {
      assertThat(owner.outcomes.keySet())
          .as("every task has an outcome")
          .containsExactlyInAnyOrderElementsOf(owner.submitted.keySet());
      assertThat(owner.submitter.unfinished()).isZero();
      assertThat(owner.submitter.heldLeases()).as("leases held").isZero();
      owner.submitted.values().forEach(task -> check(owner, task));
    }
    assertThat(here.leases).isEmpty();
    assertThat(there.leases).isEmpty();
    here.workers.values().forEach(worker -> assertThat(worker.slots.size()).isZero());
    there.workers.values().forEach(worker -> assertThat(worker.slots.size()).isZero());
  }

  private void check(Owner owner, PendingTask task) {
    Outcome outcome = owner.outcomes.get(task.sequence());
    int started = starts.getOrDefault(new TaskKey(task.result().key().owner(), task.sequence()), 0);
    String what = task.name() + " " + task.sequence() + ", retries=" + task.maxRetries();
    assertThat(task.excused()).as(what).isLessThanOrEqualTo(1);
    assertThat(started).as(what).isLessThanOrEqualTo(task.maxRetries() + 1 + task.excused());
    if (outcome instanceof Outcome.Failed failed) {
      if (faults == Faults.NONE && !task.name().equals(Owner.POISON)) {
        assertThat(task.maxRetries()).as(what + ": " + failed).isZero();
        assertThat(started).as(what).isEqualTo(1);
      }
    } else {
      assertThat(task.name()).isNotEqualTo(Owner.POISON);
      assertThat(started).as(what).isPositive();
    }
  }

  private void onStarted(Execution execution) {
    starts.merge(new TaskKey(execution.owner(), execution.spec().getSequence()), 1, Integer::sum);
  }
}
