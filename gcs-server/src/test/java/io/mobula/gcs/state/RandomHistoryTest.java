package io.mobula.gcs.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorStage;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.JobState;
import io.mobula.proto.NodeState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeded histories of anything that peers may send, late and twice, checked after every command.
 */
final class RandomHistoryTest {
  private static final int COMMAND_COUNT = 2_000;
  private static final StateLimits LIMITS = new StateLimits(20, 40, 3, 1_000);

  private final List<GcsCommand> history = new ArrayList<>();
  private final List<ActorSpec> specs = new ArrayList<>();
  private final ClusterStateMachine machine = new ClusterStateMachine(LIMITS);
  private Random random = new Random(0);
  private int nodeCount;
  private long aliveCount;
  private int processNumber;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void shouldKeepItsInvariantsAndReplayEquallyWhenAnythingHappens(long seed) {
    random = new Random(seed);
    int cut = random.nextInt(COMMAND_COUNT);
    GcsSnapshot middle = machine.snapshot();
    for (int i = 0; i < COMMAND_COUNT; i++) {
      if (i == cut) {
        middle = machine.snapshot();
      }
      GcsCommand command = next();
      history.add(command);
      machine.apply(command);
      checkInvariants(seed, i);
    }
    assertThat(aliveCount).as("the history got somewhere, seed %d", seed).isPositive();
    ClusterStateMachine replayed = ClusterStateMachine.restore(middle, LIMITS);
    history.subList(cut, COMMAND_COUNT).forEach(replayed::apply);
    assertThat(replayed.snapshot()).as("seed %d", seed).isEqualTo(machine.snapshot());
    ClusterStateMachine fromNothing = new ClusterStateMachine(LIMITS);
    history.forEach(fromNothing::apply);
    assertThat(fromNothing.snapshot()).as("seed %d", seed).isEqualTo(machine.snapshot());
  }

  private GcsCommand next() {
    if (!history.isEmpty() && random.nextInt(10) == 0) {
      return history.get(random.nextInt(history.size()));
    }
    if (specs.isEmpty() || random.nextInt(8) == 0) {
      ActorSpec spec =
          Commands.actor(someProcess(), specs.size() + 1, someJob(), someName()).toBuilder()
              .setMaxRestarts(random.nextInt(4) - 1)
              .build();
      specs.add(spec);
      return Commands.registerActor(spec);
    }
    ActorRecord actor = someActor();
    ActorSpec spec = actor.getSpec();
    int incarnation = actor.getIncarnation();
    long worker = actor.getWorker() == 0 ? freshWorker(actor) : actor.getWorker();
    int choice = random.nextInt(100);
    return switch (choice) {
      case 0, 1 -> Commands.registerNode(++nodeCount, 1 + random.nextInt(4));
      case 2 -> Commands.nodeLost(someNode());
      case 3, 4, 5 -> Commands.registerJob(someProcess());
      case 6 -> random.nextInt(4) == 0 ? Commands.endJob(someJob()) : Commands.died(someProcess());
      case 7, 8, 9 -> Commands.died(worker);
      case 10, 11 -> Commands.kill(spec, random.nextBoolean());
      case 12 -> Commands.exiting(spec, worker, random.nextBoolean());
      case 13 -> Commands.put("k" + random.nextInt(30), "v".repeat(random.nextInt(90)), true);
      case 14 -> Commands.delete("k" + random.nextInt(30));
      case 15, 16 -> Commands.started(worker, random.nextInt(1000));
      case 17 -> constructionFailed(actor, worker);
      case 18, 19 -> refuse(actor);
      default ->
          switch (choice % 3) {
            case 0 -> Commands.placed(spec, incarnation, worker);
            case 1 -> constructed(actor, worker);
            default -> assign(actor);
          };
    };
  }

  /** The scheduler looks at the state; only its late decisions are for actors that are placed. */
  private GcsCommand assign(ActorRecord actor) {
    boolean isWaiting =
        actor.getStage() == ActorStage.STAGE_UNPLACED || actor.getStage() == ActorStage.STAGE_DEAD;
    return Commands.assigned(
        actor.getSpec(),
        isWaiting ? actor.getIncarnation() + 1 : actor.getIncarnation(),
        someNode());
  }

  /** An honest raylet refuses only what it was asked; a late answer is repeated by the history. */
  private GcsCommand refuse(ActorRecord actor) {
    FailureKind kind =
        random.nextBoolean() ? FailureKind.UNSCHEDULABLE : FailureKind.WORKER_START_FAILED;
    boolean isAsked =
        actor.getStage() != ActorStage.STAGE_CONSTRUCTING
            && actor.getStage() != ActorStage.STAGE_ALIVE;
    return Commands.notPlaced(
        actor.getSpec(), isAsked ? actor.getIncarnation() : actor.getIncarnation() - 1, kind);
  }

  private static GcsCommand constructed(ActorRecord actor, long worker) {
    return Commands.constructed(actor.getSpec(), actor.getIncarnation(), worker);
  }

  private static GcsCommand constructionFailed(ActorRecord actor, long worker) {
    return Commands.constructionFailed(actor.getSpec(), actor.getIncarnation(), worker);
  }

  private ActorRecord someActor() {
    List<ActorRecord> all =
        random.nextInt(5) == 0 ? machine.actors().all() : List.copyOf(machine.actors().living());
    return all.isEmpty()
        ? ActorRecord.newBuilder().setSpec(specs.getLast()).build()
        : all.get(random.nextInt(all.size()));
  }

  private long freshWorker(ActorRecord actor) {
    processNumber++;
    return ProcessAddress.of(Math.max(1, actor.getNode()), processNumber);
  }

  private long someProcess() {
    return ProcessAddress.of(someNode(), 1 + random.nextInt(20));
  }

  /** Mostly one that lives. */
  private int someNode() {
    List<NodeState> alive = List.copyOf(machine.nodes().alive());
    return alive.isEmpty() || random.nextInt(10) == 0
        ? 1 + random.nextInt(nodeCount + 1)
        : alive.get(random.nextInt(alive.size())).getDescription().getNumber();
  }

  /** Mostly one that runs. */
  private int someJob() {
    List<JobState> running = List.copyOf(machine.jobs().running());
    return running.isEmpty() || random.nextInt(10) == 0
        ? 1 + random.nextInt(6)
        : running.get(random.nextInt(running.size())).getId();
  }

  private String someName() {
    return random.nextBoolean() ? "" : "name" + random.nextInt(5);
  }

  private void checkInvariants(long seed, int step) {
    Set<String> names = new HashSet<>();
    Set<Long> workers = new HashSet<>();
    for (ActorRecord actor : machine.actors().living()) {
      String name = actor.getSpec().getName();
      boolean hasProcess =
          actor.getStage() == ActorStage.STAGE_CONSTRUCTING
              || actor.getStage() == ActorStage.STAGE_ALIVE;
      int maxRestarts = actor.getSpec().getMaxRestarts();
      boolean hasNode = machine.nodes().findAlive(actor.getNode()).isPresent();
      String broken = "";
      if (!name.isEmpty() && !names.add(name)) {
        broken = "two living actors of one name";
      } else if ((actor.getWorker() != 0) != hasProcess) {
        broken = "a worker, and none runs it, or none although one should";
      } else if (hasProcess && !workers.add(actor.getWorker())) {
        broken = "two actors on one worker";
      } else if (hasNode != (actor.getStage() != ActorStage.STAGE_UNPLACED)) {
        broken = "on a dead node, or waiting and on a node";
      } else if (machine.jobs().findRunning(actor.getSpec().getJob()).isEmpty()) {
        broken = "outlives its job";
      } else if (maxRestarts >= 0 && actor.getRestarts() > maxRestarts) {
        broken = "restarted too often";
      }
      if (!broken.isEmpty()) {
        throw new AssertionError(broken + ": seed=" + seed + ", step=" + step + ", " + actor);
      }
      aliveCount += actor.getStage() == ActorStage.STAGE_ALIVE ? 1 : 0;
    }
    Set<Integer> numbers = new HashSet<>();
    for (NodeState node : machine.nodes().all()) {
      if (!numbers.add(node.getDescription().getNumber())) {
        throw new AssertionError("a number twice: seed=" + seed + ", step=" + step + ", " + node);
      }
    }
    assertThat(machine.actors().living().size()).isLessThanOrEqualTo(LIMITS.actorCountMax());
  }
}
