package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.object.ObjectEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One random history: processes on some nodes put, call, submit, get, copy and drop references to
 * each other's objects while packets are under way; in some histories programs free objects, stores
 * spill, processes and nodes die, nodes give each other up and live on or can't read from each
 * other for a while, or the network is hostile.
 *
 * <p>A seed gives everything. Each step has random numbers of its own, so that the others stay the
 * same when some are left out, to find which are needed for a failure.
 */
final class OwnershipHistory {
  /** Enough to settle whatever a history leaves, unless it goes round in circles. */
  private static final int DELIVERIES_MAX = 200_000;

  /** None, a few tasks, all. */
  private static final long[] LINEAGE_BYTES_MAX = {0, 2_000, Long.MAX_VALUE, Long.MAX_VALUE};

  /** With more references than that a program drops more than it makes. */
  private static final int HELD_MAX = 6;

  private final long seed;
  private final int steps;
  private final int deaths;
  private final boolean hasNodeDeath;
  private final int giveUps;
  private final boolean hasFrees;
  private final boolean hasBadDisk;
  private final boolean hasBrokenWays;
  private final long lineageBytesMax;
  private final HistoryTrace trace;
  private final VirtualNetwork network;
  private final VirtualGcs gcs;
  private final Map<Long, VirtualRaylet> raylets = new LinkedHashMap<>();
  private final Map<Long, VirtualProgram> living = new LinkedHashMap<>();
  private final OwnershipOracle oracle;
  private SplittableRandom random;
  private int step;

  private OwnershipHistory(long seed, boolean isTraced) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.trace = new HistoryTrace(isTraced);
    this.steps = 60 + random.nextInt(120);
    this.deaths = random.nextInt(3);
    this.hasNodeDeath = random.nextInt(3) == 0;
    this.giveUps = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
    this.hasFrees = random.nextInt(3) == 0;
    this.hasBadDisk = random.nextInt(4) == 0;
    this.hasBrokenWays = random.nextInt(2) == 0;
    this.lineageBytesMax = LINEAGE_BYTES_MAX[random.nextInt(LINEAGE_BYTES_MAX.length)];
    this.oracle = new OwnershipOracle(living, lineageBytesMax == Long.MAX_VALUE);
    this.network = new VirtualNetwork(random.nextInt(3) == 0, random, trace);
    this.gcs = new VirtualGcs(network);
    int nodes = 1 + random.nextInt(3);
    int processes = 3 + random.nextInt(3);
    for (int node = 1; node <= nodes; node++) {
      long address = ProcessAddress.of(node, 0);
      raylets.put(address, new VirtualRaylet(address, network, raylets, random));
      gcs.join(address);
    }
    for (int i = 0; i < processes; i++) {
      add(ProcessAddress.of(1 + i % nodes, 1 + i / nodes));
    }
  }

  /** Plays it; throws an AssertionError that says what went wrong. */
  static void play(long seed) {
    play(seed, new BitSet(), false);
  }

  /**
   * Plays it without some steps.
   *
   * @return what happened, if wanted
   */
  static String play(long seed, BitSet leftOut, boolean isTraced) {
    OwnershipHistory history = new OwnershipHistory(seed, isTraced);
    try {
      history.play(leftOut);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed="
              + seed
              + ", step="
              + history.step
              + ": "
              + e.getMessage()
              + (isTraced ? "\n" + history.trace : ""),
          e);
    }
    return history.trace.toString();
  }

  static int steps(long seed) {
    return new OwnershipHistory(seed, false).steps;
  }

  private void add(long address) {
    VirtualRaylet raylet = raylets.get(ProcessAddress.rayletOf(address));
    if (raylet == null) {
      throw new IllegalStateException("no raylet: " + address);
    }
    raylet.join(address);
    VirtualProcess process = new VirtualProcess(address, network, lineageBytesMax);
    living.put(address, new VirtualProgram(process, network, raylet, oracle));
  }

  private void play(BitSet leftOut) {
    for (step = 0; step < steps; step++) {
      chance(step);
      if (!leftOut.get(step)) {
        oneStep();
        oracle.check();
      }
    }
    chance(steps);
    end();
  }

  private void chance(int number) {
    random = new SplittableRandom(seed * 1_000_003 + number);
    network.use(random);
    raylets.values().forEach(raylet -> raylet.use(random));
  }

  private void oneStep() {
    int kind = random.nextInt(100);
    boolean isDeath = deaths > 0 && random.nextInt(steps) < deaths;
    boolean isGivingUp = giveUps > 0 && random.nextInt(steps) < giveUps;
    if (isDeath && living.size() > 2) {
      kill();
    } else if (isGivingUp && raylets.size() > 1) {
      giveUp();
    } else if (kind < 4) {
      trace.line("%d: everything arrives", step);
      settle();
    } else if (kind < 50) {
      int count = 1 + random.nextInt(8);
      trace.line("%d: %d deliveries", step, count);
      for (int i = 0; i < count; i++) {
        network.deliver();
      }
    } else if (kind < 56) {
      VirtualRaylet raylet = one(List.copyOf(raylets.values()));
      if (hasBrokenWays && random.nextInt(3) == 0) {
        breakOrMend(raylet);
      } else if (raylet.hasPulls() && random.nextInt(4) == 0) {
        trace.line("%d: %s starves", step, raylet.self());
        raylet.starve();
      } else if (raylet.hasPulls()) {
        trace.line("%d: %s pulls", step, raylet.self());
        raylet.pull();
      } else if (hasBadDisk && random.nextInt(3) == 0) {
        failDisk(raylet);
      } else if (random.nextBoolean()) {
        trace.line("%d: %s spills", step, raylet.self());
        raylet.spill();
      } else {
        trace.line("%d: %s evicts", step, raylet.self());
        raylet.evict();
      }
    } else {
      act(one(List.copyOf(living.values())));
    }
  }

  /** A node can't read from another from now on, or can again. */
  private void breakOrMend(VirtualRaylet raylet) {
    VirtualRaylet other = one(List.copyOf(raylets.values()));
    boolean isBroken = other != raylet && random.nextInt(3) > 0;
    trace.line("%d: %s reaches %s: %s", step, raylet.self(), other.self(), !isBroken);
    raylet.setOutOfReach(other.self(), isBroken);
    oracle.breaksWay();
  }

  private void failDisk(VirtualRaylet raylet) {
    ObjectKey lost = raylet.failDisk();
    trace.line("%d: the disk of %s fails: %s", step, raylet.self(), String.valueOf(lost));
    if (lost != null) {
      oracle.unreadableOnDisk(lost);
    }
  }

  /** One node gives up the way to another, which learns of it later. */
  private void giveUp() {
    List<VirtualRaylet> all = List.copyOf(raylets.values());
    VirtualRaylet one = one(all);
    VirtualRaylet other = one(all);
    if (one != other && network.mayGiveUp(one.self(), other.self())) {
      trace.line("%d: %s gives up %s", step, one.self(), other.self());
      oracle.givingUp(one.self(), other.self());
      one.giveUp(other.self());
    }
  }

  private void act(VirtualProgram program) {
    int turnLength = 1 + random.nextInt(3);
    for (int i = 0; i < turnLength; i++) {
      actOnce(program, random.nextInt(program.held.size() > HELD_MAX ? 16 : 12));
    }
    program.process().tick(random.nextInt(30) * 1_000_000L);
    program.process().flush();
  }

  private void actOnce(VirtualProgram program, int action) {
    trace.line("%d: %s does %d", step, program.self(), action);
    program.takeReady();
    switch (action) {
      case 0, 1 -> {
        List<ObjectEntry> inside = some(program);
        program.put(inside, random.nextBoolean());
        handOver(program, inside);
      }
      case 2 -> {
        List<ObjectEntry> inside = some(program);
        List<ObjectEntry> arguments = some(program);
        program.call(one(List.copyOf(living.keySet())), inside, arguments, random.nextBoolean());
        handOver(program, inside);
        handOver(program, arguments);
      }
      case 3 -> {
        List<ObjectEntry> inside = some(program);
        List<ObjectEntry> arguments = some(program);
        program.submit(inside, arguments);
        handOver(program, inside);
        handOver(program, arguments);
      }
      case 4 -> wrap(program);
      case 5 -> start(program);
      case 6 -> end(program);
      case 7 -> some(program).forEach(entry -> program.get(entry, random.nextBoolean()));
      case 8 -> some(program).forEach(program::take);
      case 9 -> some(program).forEach(program::copy);
      default -> {
        if (hasFrees && !program.held.isEmpty() && random.nextInt(6) == 0) {
          program.free(one(program.held));
        } else if (!program.views.isEmpty() && random.nextBoolean()) {
          program.drop(one(program.views));
        } else if (!program.held.isEmpty()) {
          program.drop(one(program.held));
        }
      }
    }
  }

  /** Passes references on inside an object that nobody else refers to. */
  private void wrap(VirtualProgram program) {
    List<ObjectEntry> inside = some(program);
    if (!inside.isEmpty()) {
      List<ObjectEntry> outer = List.of(program.put(inside, random.nextBoolean()));
      program.drop(inside);
      program.call(one(List.copyOf(living.keySet())), outer, List.of(), false);
      program.drop(outer);
    }
  }

  /** Often a program has no use of its own for what it passes on. */
  private void handOver(VirtualProgram program, List<ObjectEntry> passed) {
    if (random.nextBoolean()) {
      program.drop(passed);
    }
  }

  private void start(VirtualProgram program) {
    List<Execution> waiting = program.process().waiting;
    if (!waiting.isEmpty()) {
      List<ObjectEntry> received = program.start(waiting.getFirst());
      if (random.nextBoolean()) {
        received.forEach(program::take);
      }
      if (random.nextBoolean()) {
        end(program);
      }
    }
  }

  private void end(VirtualProgram program) {
    if (!program.running.isEmpty()) {
      List<ObjectEntry> result = some(program);
      program.end(one(program.running), result, random.nextBoolean());
      handOver(program, result);
    }
  }

  private void kill() {
    boolean isNode = hasNodeDeath && raylets.size() > 1 && random.nextInt(3) == 0;
    VirtualProgram victim = one(List.copyOf(living.values()));
    long node = ProcessAddress.rayletOf(victim.self());
    List<VirtualProgram> dying = new ArrayList<>();
    for (VirtualProgram program : living.values()) {
      if (program == victim || (isNode && ProcessAddress.rayletOf(program.self()) == node)) {
        dying.add(program);
      }
    }
    if (living.size() - dying.size() < 1) {
      return;
    }
    if (random.nextBoolean()) {
      // What it hands on now is under way when it dies.
      wrap(victim);
      victim.submit(some(victim), List.of());
      victim.call(one(List.copyOf(living.keySet())), some(victim), List.of(), false);
      victim.process().flush();
    }
    oracle.dying(dying, isNode);
    List<Long> dead = new ArrayList<>();
    dying.forEach(program -> dead.add(program.self()));
    if (isNode) {
      dead.add(node);
      raylets.remove(node);
    }
    trace.line("%d: these die: %s", step, dead);
    dead.forEach(living::remove);
    network.die(dead);
  }

  private void end() {
    trace.line("the end");
    settle();
    boolean isBusy = true;
    while (isBusy) {
      isBusy = false;
      for (VirtualProgram program : living.values()) {
        isBusy |= wind(program);
      }
      settle();
    }
    network.repeatAll();
    settle();
    for (VirtualProgram program : living.values()) {
      OwnershipOracle.require(
          program.process().table().entries().isEmpty()
              && program.process().shared().size() == 0
              && program.process().openRequests() == 0
              && program.process().lineage().size() == 0
              && program.process().lineage().bytes() == 0
              && program.process().recovery().size() == 0,
          "left over",
          program,
          program.process().table().entries());
    }
    for (VirtualRaylet raylet : raylets.values()) {
      OwnershipOracle.require(
          raylet.store().copies().isEmpty(), "copies left over", raylet.store().copies().keySet());
    }
  }

  /** A program lets go of everything and finishes its work. */
  private boolean wind(VirtualProgram program) {
    boolean isBusy = false;
    for (Execution waiting : List.copyOf(program.process().waiting)) {
      isBusy = true;
      program.start(waiting);
    }
    while (!program.running.isEmpty()) {
      isBusy = true;
      program.end(program.running.getFirst(), some(program), random.nextBoolean());
    }
    while (!program.held.isEmpty()) {
      isBusy = true;
      program.drop(program.held.getLast());
    }
    while (!program.views.isEmpty()) {
      isBusy = true;
      program.drop(program.views.getLast());
    }
    isBusy |= program.process().resumeFetch();
    program.process().tick(30_000_000);
    program.process().flush();
    return isBusy;
  }

  /** Everything under way arrives, and nothing else happens. */
  private void settle() {
    for (VirtualRaylet raylet : raylets.values()) {
      raylets.keySet().forEach(other -> raylet.setOutOfReach(other, false));
    }
    boolean isBusy = true;
    for (int i = 0; isBusy; i++) {
      OwnershipOracle.require(i < DELIVERIES_MAX, "it never settles");
      isBusy = network.deliver();
      for (VirtualRaylet raylet : raylets.values()) {
        if (raylet.hasPulls()) {
          isBusy = true;
          raylet.pull();
        }
      }
      for (VirtualProgram program : living.values()) {
        isBusy |= program.process().resumeFetch();
        program.process().flush();
      }
    }
    oracle.settle();
    new SettledCluster(living, raylets.values(), oracle, oracle.check(), oracle.allowed()).check();
  }

  private List<ObjectEntry> some(VirtualProgram program) {
    List<ObjectEntry> chosen = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0 && !program.held.isEmpty(); i--) {
      chosen.add(one(program.held));
    }
    return chosen;
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
