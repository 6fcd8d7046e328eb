package io.mobula.worker.loop;

import static io.mobula.worker.loop.OwnershipOracle.require;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.loop.OwnershipOracle.Claim;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Ownership.Registration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in a cluster in which nothing is under way: every process has the entries that
 * somebody claims and no others, every owner counts exactly its borrowers and knows exactly where
 * copies are, and nothing waits for an answer that will not come.
 */
final class SettledCluster {
  private final Map<Long, VirtualProgram> living;
  private final Collection<VirtualRaylet> raylets;
  private final OwnershipOracle oracle;
  private final Set<Claim> claims;

  /** The claims, and what may be there besides, for tasks that may run again. */
  private final Set<Claim> allowed;

  SettledCluster(
      Map<Long, VirtualProgram> living,
      Collection<VirtualRaylet> raylets,
      OwnershipOracle oracle,
      Set<Claim> claims,
      Set<Claim> allowed) {
    this.living = living;
    this.raylets = raylets;
    this.oracle = oracle;
    this.claims = claims;
    this.allowed = allowed;
  }

  void check() {
    living.values().forEach(this::checkProcess);
    raylets.forEach(this::checkStore);
  }

  private void checkProcess(VirtualProgram program) {
    long self = program.self();
    int awaited = 0;
    for (ObjectEntry entry : program.process().table().entries()) {
      ObjectKey key = entry.key();
      require(isClaimed(self, key), "left over", program, entry);
      require(
          entry.ownership().registration() != Registration.SENT
              && entry.ownership().registrationListeners().isEmpty(),
          "registration without end",
          program,
          entry);
      require(
          entry.isReady() || mayBecomeReady(program, key),
          "waits for what is dead or lost",
          program,
          entry);
      awaited += entry.ownership().isAwaited() && !entry.isReady() ? 1 : 0;
      if (key.owner() == self) {
        checkBorrowers(entry);
        checkLocations(entry);
      }
    }
    int open = program.process().openRequests();
    require(
        isAnyRemade() ? open >= awaited : open == awaited,
        "requests without answer",
        program,
        open,
        awaited);
    int handovers = program.process().replies().handovers();
    require(handovers == 0, "results not handed over", program, handovers);
  }

  /** Then others may wait until a lost object is made again, which they ask about as well. */
  private boolean isAnyRemade() {
    return living.values().stream().anyMatch(program -> program.process().recovery().size() > 0);
  }

  private boolean mayBecomeReady(VirtualProgram program, ObjectKey key) {
    VirtualProgram owner = living.get(key.owner());
    return owner != null && (owner == program || OwnershipOracle.isCounted(program, owner, key));
  }

  private boolean isClaimed(long process, ObjectKey key) {
    if (allowed.contains(new Claim(process, key))) {
      return true;
    }
    // Those who hold a lost reference may be registered with an owner that has met it again.
    return oracle.isLost(key) && key.owner() == process && isClaimedByAnyone(key);
  }

  private boolean isClaimedByAnyone(ObjectKey key) {
    return living.keySet().stream().anyMatch(other -> allowed.contains(new Claim(other, key)));
  }

  private void checkBorrowers(ObjectEntry entry) {
    Set<Long> expected = new HashSet<>();
    for (long other : living.keySet()) {
      Claim claim = new Claim(other, entry.key());
      if (other != entry.key().owner()
          && (claims.contains(claim)
              || (allowed.contains(claim) && refersTo(other, claim.key())))) {
        expected.add(other);
      }
    }
    Set<Long> counted = new HashSet<>(entry.ownership().borrowers().all());
    expected.removeIf(
        other -> !counted.contains(other) && oracle.isCutOff(new Claim(other, entry.key())));
    require(
        oracle.isLost(entry.key()) ? expected.containsAll(counted) : expected.equals(counted),
        "wrong borrowers",
        entry.key(),
        counted,
        expected);
  }

  private boolean refersTo(long process, ObjectKey key) {
    VirtualProgram program = living.get(process);
    return program != null && program.process().table().find(key) != null;
  }

  private void checkLocations(ObjectEntry entry) {
    Set<Long> copies = new HashSet<>();
    for (VirtualRaylet raylet : raylets) {
      if (raylet.store().readable(entry.key()) != null) {
        copies.add(raylet.self());
      }
    }
    Set<Long> known = new HashSet<>(entry.ownership().locations());
    Set<Long> knownOrDoubtful = new HashSet<>(known);
    knownOrDoubtful.addAll(entry.ownership().doubtfulLocations());
    require(
        oracle.mayLackCopies(entry.key())
            ? knownOrDoubtful.containsAll(copies)
            : known.equals(copies),
        "wrong locations",
        entry.key(),
        known,
        copies);
  }

  private void checkStore(VirtualRaylet raylet) {
    raylet
        .store()
        .copies()
        .forEach((key, copy) -> {
          require(
              (allowed.contains(new Claim(key.owner(), key)) && living.containsKey(key.owner()))
                  || !copy.holders.isEmpty(),
              "copy left over",
              raylet.self(),
              key);
          for (long holder : copy.holders) {
            // A call may wait, with its arguments, behind one whose argument is made again.
            require(
                isReadBy(living.get(holder), key) || (living.containsKey(holder) && isAnyRemade()),
                "hold left over",
                raylet.self(),
                key,
                holder);
          }
        });
  }

  private static boolean isReadBy(@Nullable VirtualProgram program, ObjectKey key) {
    if (program == null) {
      return false;
    }
    return program.views.stream().anyMatch(view -> view.key().equals(key))
        || program.process().waiting.stream().anyMatch(work -> takes(work, key))
        || program.running.stream().anyMatch(work -> takes(work, key));
  }

  private static boolean takes(Execution execution, ObjectKey key) {
    return execution.spec().getArgumentsList().stream()
        .anyMatch(argument ->
            argument.hasStored() && ObjectKey.of(argument.getStored().getId()).equals(key));
  }
}
