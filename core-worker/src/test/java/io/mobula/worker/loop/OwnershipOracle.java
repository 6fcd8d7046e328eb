package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.LossFailures;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows every reference that the programs of a history hold, from what they did and not from the
 * machines: in variables, in arguments of tasks that are not over, inside objects that somebody
 * refers to. From these it follows who must have which entry: that is a claim.
 *
 * <p>A death may lose what the dead process was handing on, and nothing else. So what it knew is
 * <em>doubtful</em> until everything under way has arrived; what is gone then is <em>lost</em>, and
 * the rest is as safe as before.
 *
 * <p>Two nodes that give each other up lose what their processes were handing each other, in the
 * same way, and whoever borrows from the other node is no longer counted there: it is <em>cut
 * off</em> from that object, and nobody else is.
 *
 * <p>What the program frees has no copies, no task and nothing inside any more, but is known as
 * long as it is referred to.
 */
final class OwnershipOracle {
  /** A process needs an object, so it has an entry, and so has the object's owner. */
  record Claim(long process, ObjectKey key) {}

  /** A task or call that is not over as far as the oracle knows. */
  private record Task(long submitter, List<ObjectKey> arguments) {}

  /** What is inside a result on its way. */
  private record Result(long worker, int attempt, List<ObjectKey> inside) {}

  /** Two nodes, in either order. */
  private record Nodes(long one, long other) {
    static Nodes of(long process, long other) {
      long first = ProcessAddress.rayletOf(process);
      long second = ProcessAddress.rayletOf(other);
      return new Nodes(Math.min(first, second), Math.max(first, second));
    }
  }

  /** The indexes of who has to do with whom are compared with the truth this seldom. */
  private static final int RELATION_CHECK_EVERY = 4;

  private final Map<Long, VirtualProgram> living;
  private final Map<ObjectKey, List<ObjectKey>> contents = new LinkedHashMap<>();
  private final Map<ObjectKey, Task> tasks = new LinkedHashMap<>();
  private final Map<ObjectKey, Result> results = new LinkedHashMap<>();

  /** Results whose worker and owner still have to do with each other, as far as both know. */
  private final Set<ObjectKey> deliverable = new HashSet<>();

  private final RepeatableTasks repeatables = new RepeatableTasks();

  /** All that was inside any value of an object that was made again with other contents. */
  private final Map<ObjectKey, Set<ObjectKey>> formerContents = new LinkedHashMap<>();

  private final boolean keepsAllTasks;
  private final Set<ObjectKey> doubtful = new HashSet<>();
  private final Set<ObjectKey> lost = new HashSet<>();

  /** Objects of which a copy was lost: its writer died too early, or the disk failed. */
  private final Set<ObjectKey> copyLost = new HashSet<>();

  /** Nodes that once gave each other up. */
  private final Set<Nodes> givenUp = new HashSet<>();

  /** References whose holders the owners no longer count, since their nodes gave each other up. */
  private final Set<Claim> cutOff = new HashSet<>();

  /**
   * Objects that owners may let go though somebody refers to them: somebody was cut off, who may
   * hand on what the owner does not know of, or what they were inside of was lost.
   */
  private final Set<ObjectKey> shaky = new HashSet<>();

  /** Objects that their owners have freed. */
  private final Set<ObjectKey> freed = new HashSet<>();

  /** Objects that borrowers have freed, of which the owner may not know yet. */
  private final Set<ObjectKey> freeAsked = new LinkedHashSet<>();

  /** Tasks whose results were freed before they were over; they keep their arguments. */
  private final Set<ObjectKey> freedEarly = new HashSet<>();

  private final Map<ObjectKey, Task> tasksFreedEarly = new LinkedHashMap<>();

  private int checks;
  private boolean hasDeaths;
  private boolean hasBrokenWays;
  private boolean hasNodeDeaths;

  /**
   * @param living the programs by address, kept up to date by the history
   * @param keepsAllTasks whether lineage has no bound
   */
  OwnershipOracle(Map<Long, VirtualProgram> living, boolean keepsAllTasks) {
    this.living = living;
    this.keepsAllTasks = keepsAllTasks;
  }

  void made(ObjectKey key, List<ObjectKey> inside, boolean isStored) {
    contents.put(key, List.copyOf(inside));
    repeatables.valueMade(key, isStored);
  }

  /**
   * @param inside references inside values among the arguments
   * @param arguments those that are arguments themselves
   */
  void submitted(
      long submitter,
      ObjectKey result,
      List<ObjectKey> inside,
      List<ObjectKey> arguments,
      boolean isRepeatable) {
    List<ObjectKey> all = new ArrayList<>(inside);
    all.addAll(arguments);
    tasks.put(result, new Task(submitter, all));
    if (isRepeatable) {
      repeatables.add(result, inside, arguments);
    }
  }

  /** What was inside the value that a task returned when it ran before; null if it did not. */
  @Nullable List<ObjectKey> resultBefore(ObjectKey key) {
    Result result = results.get(key);
    return result == null ? null : result.inside;
  }

  /** A task's program has a reference that came with its arguments. */
  void received(long worker, long submitter, TaskSpec task, ObjectKey key) {
    if (!isExpected(submitter, task.getSequence(), task.getAttempt(), worker)) {
      doubt(key);
    }
  }

  void ended(ObjectKey key, int attempt, List<ObjectKey> inside, long worker, boolean isStored) {
    require(attempt == 0 || mayLose(), "run again though nothing was lost", key, attempt);
    if (isExpected(key.owner(), key.sequence(), attempt, worker)) {
      results.put(key, new Result(worker, attempt, List.copyOf(inside)));
      deliverable.add(key);
    } else if (!results.containsKey(key)) {
      results.put(key, new Result(worker, attempt, List.copyOf(inside)));
    }
    repeatables.valueMade(key, isStored);
    List<ObjectKey> before = contents.get(key);
    if (before == null) {
      contents.put(key, List.copyOf(inside));
      return;
    }
    // Whichever of its values counts, this is inside, and nothing else may be.
    Set<ObjectKey> ever = formerContents.computeIfAbsent(key, _ -> new LinkedHashSet<>());
    ever.addAll(before);
    ever.addAll(inside);
    contents.put(key, before.stream().filter(inside::contains).toList());
  }

  void unreadable(ObjectKey key, long reader) {
    require(
        isExcused(key) || isFreed(key) || mayLackCopies(key) || !living.containsKey(key.owner()),
        "no copy is left of an object for its reader",
        key,
        reader);
  }

  /**
   * These die; they are still among the living.
   *
   * @param isNode whether a node dies with them
   */
  void dying(List<VirtualProgram> programs, boolean isNode) {
    hasDeaths = true;
    hasNodeDeaths |= isNode;
    for (VirtualProgram program : programs) {
      copyLost.addAll(program.raylet().store().unsealed(program.self()));
      program.process().table().entries().forEach(entry -> doubt(entry.key()));
    }
  }

  /** Two nodes begin to give each other up. */
  void givingUp(long raylet, long other) {
    givenUp.add(Nodes.of(raylet, other));
    for (VirtualProgram program : living.values()) {
      long node = ProcessAddress.rayletOf(program.self());
      if (node == raylet || node == other) {
        program.process().table().entries().forEach(entry -> doubt(entry.key()));
      }
    }
  }

  /** A process winds up what it had to do with another, or with a whole node. */
  void windsUp(VirtualProgram program, long address) {
    long self = program.self();
    for (ObjectEntry entry : program.process().table().entries()) {
      boolean isBorrowed =
          entry.ownership().borrowers().all().stream()
              .anyMatch(borrower -> ProcessAddress.diesWith(borrower, address));
      if (isBorrowed || ProcessAddress.diesWith(entry.key().owner(), address)) {
        doubt(entry.key());
      }
    }
    tasks.values().stream()
        .filter(task -> task.submitter == self)
        .forEach(task -> task.arguments.forEach(this::doubt));
    results.forEach((key, result) -> {
      if (isBetween(result.worker, key.owner(), self, address)) {
        deliverable.remove(key);
        result.inside.forEach(this::doubt);
      }
    });
  }

  private static boolean isBetween(long worker, long owner, long self, long address) {
    return (worker == self && ProcessAddress.diesWith(owner, address))
        || (owner == self && ProcessAddress.diesWith(worker, address));
  }

  private boolean isExpected(long owner, long sequence, int attempt, long worker) {
    VirtualProgram submitter = living.get(owner);
    return submitter != null && submitter.process().pushes().isExpected(sequence, attempt, worker);
  }

  /** A borrower frees an object: its owner will, if it lives and hears of it. */
  void freeAsked(ObjectKey key) {
    freeAsked.add(key);
  }

  /** An owner is about to free an object of its own. */
  void frees(VirtualProgram owner, ObjectKey key) {
    ObjectEntry entry = owner.process().table().find(key);
    if (entry == null || entry.outcome() instanceof Outcome.Failed || !freed.add(key)) {
      return;
    }
    repeatables.freed(key);
    // Who is about to be registered for what was inside may come too late.
    contents.getOrDefault(key, List.of()).forEach(this::doubt);
    if (!entry.isReady() || entry.ownership().isRemade()) {
      freedEarly.add(key);
    }
  }

  /** Whether the owner has freed it, or is to. */
  private boolean isFreed(ObjectKey key) {
    return freed.contains(key) || freeAsked.contains(key);
  }

  /** The only copy in memory went, and that on disk can't be read. */
  void unreadableOnDisk(ObjectKey key) {
    copyLost.add(key);
    shake(key);
  }

  private void shake(ObjectKey key) {
    for (ObjectKey inner : contents.getOrDefault(key, List.of())) {
      shaky.add(inner);
      shake(inner);
    }
  }

  boolean isLost(ObjectKey key) {
    return lost.contains(key);
  }

  boolean isCutOff(Claim claim) {
    return cutOff.contains(claim);
  }

  /** Whether there may be fewer copies than the owner was told. */
  boolean mayLackCopies(ObjectKey key) {
    return hasNodeDeaths || !givenUp.isEmpty() || copyLost.contains(key);
  }

  /** Checks that nothing is gone that somebody needs, and returns all claims. */
  Set<Claim> check() {
    Set<Claim> claims = new LinkedHashSet<>();
    ArrayDeque<Claim> open = new ArrayDeque<>();
    for (VirtualProgram program : living.values()) {
      program.held.forEach(entry -> open.add(new Claim(program.self(), entry.key())));
      addAwaited(program, open);
    }
    addTasks(open);
    while (!open.isEmpty()) {
      Claim claim = open.removeFirst();
      if (claims.add(claim)) {
        follow(claim, open);
      }
    }
    living.values().forEach(this::checkRegistrations);
    if (++checks % RELATION_CHECK_EVERY == 0) {
      living.values().forEach(program -> program.process().references().check());
    }
    return claims;
  }

  /**
   * The claims, and what processes may have besides: what was inside former values, and what tasks
   * need that may run again. It depends on what had come when a task was over whether that is its
   * arguments or what those are made from again, so it can't be known whether it is there.
   */
  Set<Claim> allowed() {
    Set<Claim> allowed = new LinkedHashSet<>();
    Set<Claim> kept = new HashSet<>();
    ArrayDeque<Claim> open = new ArrayDeque<>(check());
    addRemade(open);
    tasksFreedEarly.forEach((result, task) -> {
      open.add(new Claim(task.submitter, result));
      task.arguments.forEach(argument -> open.add(new Claim(task.submitter, argument)));
    });
    tasks.values().forEach(task -> addInsideFreed(task, open));
    tasksFreedEarly.values().forEach(task -> addInsideFreed(task, open));
    while (!open.isEmpty()) {
      Claim claim = open.removeFirst();
      if (allowed.add(claim)) {
        open.add(new Claim(claim.key.owner(), claim.key));
        if (hasNothingInside(claim)) {
          continue;
        }
        contents
            .getOrDefault(claim.key, List.of())
            .forEach(inner -> open.add(new Claim(claim.process, inner)));
        formerContents
            .getOrDefault(claim.key, Set.of())
            .forEach(inner -> open.add(new Claim(claim.process, inner)));
        if (claim.process == claim.key.owner() && kept.add(claim)) {
          repeatables.mayNeed(claim.key).forEach(key -> open.add(new Claim(claim.process, key)));
        }
      }
    }
    return allowed;
  }

  /** A task keeps what is inside its arguments even if one is freed while it is under way. */
  private void addInsideFreed(Task task, ArrayDeque<Claim> open) {
    for (ObjectKey argument : task.arguments) {
      if (isFreed(argument)) {
        contents
            .getOrDefault(argument, List.of())
            .forEach(inner -> open.add(new Claim(task.submitter, inner)));
      }
    }
  }

  /** Whether the process has learned that the object was freed. */
  private boolean hasNothingInside(Claim claim) {
    VirtualProgram program = living.get(claim.process);
    ObjectEntry entry = program == null ? null : program.process().table().find(claim.key);
    return isFreed(claim.key) && entry != null && entry.outcome() instanceof Outcome.Failed;
  }

  /** What is being made again stays until it is there, and whoever wants it keeps it as long. */
  private void addRemade(ArrayDeque<Claim> open) {
    for (VirtualProgram owner : living.values()) {
      for (ObjectEntry entry : owner.process().table().entries()) {
        boolean isRevived = !entry.isReady() && results.containsKey(entry.key());
        if (entry.ownership().isRemade() || isRevived) {
          living.keySet().forEach(process -> open.add(new Claim(process, entry.key())));
        }
      }
    }
  }

  /** Everything under way has arrived: what is gone now is lost, and must have been doubtful. */
  void settle() {
    for (VirtualProgram program : living.values()) {
      for (ObjectEntry entry : program.process().table().entries()) {
        settle(program, entry);
      }
    }
    doubtful.clear();
    freeAsked.removeIf(key -> freed.contains(key) || !living.containsKey(key.owner()));
  }

  private void settle(VirtualProgram program, ObjectEntry entry) {
    ObjectKey key = entry.key();
    Claim claim = new Claim(program.self(), key);
    if (!isGone(program, entry)) {
      cutOff.remove(claim);
    } else if (!isExcused(key) && !cutOff.contains(claim)) {
      throw new AssertionError("lost without a death: " + key + ", " + program);
    } else if (givenUp.contains(Nodes.of(program.self(), key.owner())) && !isUnreferenced(entry)) {
      cutOff.add(claim);
      shaky.add(key);
    } else {
      lost.add(key);
    }
    if (freed.contains(key) && living.containsKey(key.owner())) {
      // Who came later learns of it when it asks.
      require(
          entry.outcome() == null
              || entry.outcome() instanceof Outcome.Failed
              || isExcused(key)
              || cutOff.contains(claim),
          "freed, and not told",
          entry,
          program);
    }
  }

  /** Who asked for a value that is still to come keeps its reference until then. */
  private static void addAwaited(VirtualProgram program, ArrayDeque<Claim> open) {
    for (ObjectEntry entry : program.process().table().entries()) {
      if (entry.ownership().isAwaited() && !entry.isReady()) {
        open.add(new Claim(program.self(), entry.key()));
      }
    }
  }

  private void addTasks(ArrayDeque<Claim> open) {
    tasks
        .entrySet()
        .removeIf(task -> {
          VirtualProgram submitter = living.get(task.getValue().submitter);
          ObjectEntry result =
              submitter == null ? null : submitter.process().table().find(task.getKey());
          boolean isOver =
              submitter == null || (result != null && result.isReady()) || isOver(task.getKey());
          if (isOver && submitter != null && freedEarly.contains(task.getKey())) {
            tasksFreedEarly.put(task.getKey(), task.getValue());
          }
          return isOver;
        });
    tasks.forEach((key, task) -> {
      open.add(new Claim(task.submitter, key));
      task.arguments.forEach(argument -> open.add(new Claim(task.submitter, argument)));
    });
  }

  /** Whether a task's result came and is gone already, since nobody wanted it. */
  private boolean isOver(ObjectKey key) {
    VirtualProgram owner = living.get(key.owner());
    return owner != null
        && owner.process().table().find(key) == null
        && (results.containsKey(key) || mayFail());
  }

  /** Some node can't read from another for a while: no reason for anything to be lost. */
  void breaksWay() {
    hasBrokenWays = true;
  }

  /** Whether anything happened that a task may fail of. */
  private boolean mayFail() {
    return mayLose() || hasBrokenWays;
  }

  /** Whether anything happened that an object may be lost by. */
  private boolean mayLose() {
    return hasDeaths
        || !givenUp.isEmpty()
        || !freed.isEmpty()
        || !freeAsked.isEmpty()
        || !copyLost.isEmpty();
  }

  private void follow(Claim claim, ArrayDeque<Claim> open) {
    ObjectKey key = claim.key;
    VirtualProgram program = living.get(claim.process);
    if (program == null) {
      return;
    }
    ObjectEntry entry = program.process().table().find(key);
    boolean isOwned = key.owner() == claim.process;
    if (entry == null || entry.retains() <= 0) {
      require(isExcused(key) && isOwned, "freed while needed", key, claim.process);
      return;
    }
    boolean isOwnerAlive = living.containsKey(key.owner());
    checkOutcome(claim, entry, isOwnerAlive);
    if (isOwnerAlive && !isOwned && !isExcused(key) && !cutOff.contains(claim)) {
      open.add(new Claim(key.owner(), key));
    }
    Outcome outcome = entry.outcome();
    Result result = results.get(key);
    if (outcome instanceof Outcome.Inline || outcome instanceof Outcome.Stored) {
      contents
          .getOrDefault(key, List.of())
          .forEach(inner -> open.add(new Claim(claim.process, inner)));
      if (keepsAllTasks && isOwned && outcome instanceof Outcome.Stored) {
        repeatables.needs(key).forEach(needed -> open.add(new Claim(claim.process, needed)));
      }
    } else if (outcome == null
        && isOwned
        && result != null
        && deliverable.contains(key)
        && isExpected(claim.process, key.sequence(), result.attempt, result.worker)
        && living.containsKey(result.worker)) {
      result.inside.forEach(inner -> open.add(new Claim(result.worker, inner)));
    }
  }

  private void checkOutcome(Claim claim, ObjectEntry entry, boolean isOwnerAlive) {
    if (entry.outcome() instanceof Outcome.Failed failed) {
      require(
          mayLose()
              || (hasBrokenWays && failed.failure().getKind() == FailureKind.OBJECT_UNREACHABLE),
          "failed though nobody died",
          entry,
          claim.process);
      boolean isFreed = failed.failure().equals(LossFailures.unreferenced(claim.key));
      require(
          !isFreed || isExcused(claim.key) || !isOwnerAlive,
          "freed while needed, and so failed",
          claim.key,
          claim.process);
      require(
          failed.failure().getKind() != FailureKind.OWNER_DIED
              || !failed.failure().getMessage().contains("object=" + claim.key + ",")
              || !isOwnerAlive
              || givenUp.contains(Nodes.of(claim.process, claim.key.owner())),
          "failed though its owner lives",
          claim.key,
          claim.process);
    }
  }

  /** Whom the owner has told that it is counted is counted. */
  private void checkRegistrations(VirtualProgram program) {
    for (ObjectEntry entry : program.process().table().entries()) {
      VirtualProgram owner = living.get(entry.key().owner());
      if (owner != null
          && entry.ownership().registration() == Registration.CONFIRMED
          && !isExcused(entry.key())
          && !cutOff.contains(new Claim(program.self(), entry.key()))) {
        require(isCounted(program, owner, entry.key()), "not counted", entry, program);
      }
    }
  }

  private boolean isGone(VirtualProgram program, ObjectEntry entry) {
    VirtualProgram owner = living.get(entry.key().owner());
    if (owner == null) {
      return false;
    }
    return isUnreferenced(entry) || (owner != program && !isCounted(program, owner, entry.key()));
  }

  private static boolean isUnreferenced(ObjectEntry entry) {
    return entry.outcome() instanceof Outcome.Failed failed
        && failed.failure().equals(LossFailures.unreferenced(entry.key()));
  }

  /** Whether the object's owner counts the program as a borrower. */
  static boolean isCounted(VirtualProgram program, VirtualProgram owner, ObjectKey key) {
    @Nullable ObjectEntry owned = owner.process().table().find(key);
    return owned != null && owned.ownership().borrowers().all().contains(program.self());
  }

  private boolean isExcused(ObjectKey key) {
    return doubtful.contains(key) || lost.contains(key) || shaky.contains(key);
  }

  private void doubt(ObjectKey key) {
    // An object is older than what it is inside of, so this ends.
    doubtful.add(key);
    contents.getOrDefault(key, List.of()).forEach(this::doubt);
  }

  /** Throws an AssertionError that says what is wrong, and with what, unless it is right. */
  static void require(boolean isRight, String wrong, Object... what) {
    if (!isRight) {
      throw new AssertionError(wrong + ": " + Arrays.deepToString(what));
    }
  }
}
