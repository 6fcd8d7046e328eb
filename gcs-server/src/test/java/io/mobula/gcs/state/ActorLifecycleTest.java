package io.mobula.gcs.state;

import static io.mobula.proto.ActorStage.STAGE_ALIVE;
import static io.mobula.proto.ActorStage.STAGE_CONSTRUCTING;
import static io.mobula.proto.ActorStage.STAGE_DEAD;
import static io.mobula.proto.ActorStage.STAGE_PLACING;
import static io.mobula.proto.ActorStage.STAGE_UNPLACED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorStage;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every row of {@link ActorTransitions}, and what is sorted out before it. */
final class ActorLifecycleTest {
  private static final long DRIVER = ProcessAddress.of(1, 1);
  private static final long WORKER = ProcessAddress.of(2, 7);
  private static final ActorSpec ACTOR =
      Commands.actor(DRIVER, 9, 1, "counter").toBuilder().setMaxRestarts(1).build();

  private final ClusterStateMachine machine = new ClusterStateMachine(StateLimits.DEFAULT);
  private final List<Effect> effects = new ArrayList<>();

  @BeforeEach
  void registerActor() {
    apply(Commands.registerNode(11, 4));
    apply(Commands.registerNode(12, 4));
    apply(Commands.registerJob(DRIVER));
    apply(Commands.registerActor(ACTOR));
    effects.clear();
  }

  @Test
  void shouldLiveWhenPlacedAndConstructed() {
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    apply(Commands.assigned(ACTOR, 1, 2));
    assertThat(stage()).isEqualTo(STAGE_PLACING);
    assertThat(effects).contains(new Effect.PlaceOnNode(2, ACTOR, 1));
    apply(Commands.started(WORKER, 4711));
    apply(Commands.placed(ACTOR, 1, WORKER));
    assertThat(stage()).isEqualTo(STAGE_CONSTRUCTING);
    assertThat(effects).contains(new Effect.Construct(WORKER, ACTOR, 1));
    assertThat(ActorTable.view(record()).getPhase()).isEqualTo(ActorPhase.PENDING);
    effects.clear();
    apply(Commands.constructed(ACTOR, 1, WORKER));
    assertThat(effects).containsExactly(changed());
    assertThat(ActorTable.view(record()).getPhase()).isEqualTo(ActorPhase.ALIVE);
    assertThat(ActorTable.view(record()).getWorker()).isEqualTo(WORKER);
    assertThat(ActorTable.view(record()).getPid()).isEqualTo(4711);
  }

  @Test
  void shouldIgnoreAnAssignmentWhenItsNodeIsDeadOrItIsLate() {
    apply(Commands.nodeLost(2));
    effects.clear();
    apply(Commands.assigned(ACTOR, 1, 2));
    apply(Commands.assigned(ACTOR, 2, 1));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    assertThat(effects).isEmpty();
    apply(Commands.kill(ACTOR, false));
    apply(Commands.assigned(ACTOR, 1, 1));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldStayInTheQueueWhenKilledForRestartBeforeItRuns() {
    apply(Commands.kill(ACTOR, true));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    apply(Commands.assigned(ACTOR, 1, 2));
    apply(Commands.kill(ACTOR, true));
    assertThat(stage()).isEqualTo(STAGE_PLACING);
    apply(Commands.notPlaced(ACTOR, 1, FailureKind.UNSCHEDULABLE));
    apply(Commands.notPlaced(ACTOR, 1, FailureKind.UNSCHEDULABLE));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    apply(Commands.kill(ACTOR, false));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldDieAfterThreeTriesWhenNoProcessStarts() {
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(stage()).isEqualTo(STAGE_UNPLACED);
      apply(Commands.assigned(ACTOR, attempt, 2));
      apply(Commands.notPlaced(ACTOR, attempt, FailureKind.WORKER_START_FAILED));
    }
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    assertThat(record().getDeathCause().getKind()).isEqualTo(FailureKind.WORKER_START_FAILED);
  }

  @Test
  void shouldTryForEverWhenNodesAreFullOrDieWhilePlacing() {
    for (int attempt = 1; attempt <= 10; attempt++) {
      apply(Commands.assigned(ACTOR, attempt, 2));
      apply(Commands.notPlaced(ACTOR, attempt, FailureKind.UNSCHEDULABLE));
    }
    apply(Commands.assigned(ACTOR, 11, 2));
    apply(Commands.nodeLost(2));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    assertThat(record().getRestarts()).isZero();
  }

  @Test
  void shouldEndTheProcessWhenItComesTooLate() {
    apply(Commands.assigned(ACTOR, 1, 2));
    apply(Commands.kill(ACTOR, false));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    effects.clear();
    apply(Commands.placed(ACTOR, 1, WORKER));
    assertThat(killed()).containsExactly(WORKER);
    apply(Commands.placed(ACTOR, 2, WORKER));
    apply(Commands.placed(Commands.actor(DRIVER, 100, 1, ""), 1, WORKER));
    assertThat(killed()).hasSize(3);
  }

  @Test
  void shouldEndTheSecondProcessWhenTwoArePlaced() {
    construct();
    effects.clear();
    apply(Commands.placed(ACTOR, 1, WORKER));
    assertThat(effects).isEmpty();
    apply(Commands.placed(ACTOR, 1, WORKER + 1));
    assertThat(killed()).containsExactly(WORKER + 1);
    assertThat(record().getWorker()).isEqualTo(WORKER);
  }

  @Test
  void shouldDieWithTheFailureWhenTheConstructorThrows() {
    construct();
    apply(Commands.constructionFailed(ACTOR, 1, WORKER));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    assertThat(record().getDeathCause().getKind()).isEqualTo(FailureKind.TASK_FAILED);
    assertThat(killed()).containsExactly(WORKER);
    apply(Commands.constructionFailed(ACTOR, 1, WORKER));
    apply(Commands.constructed(ACTOR, 1, WORKER));
    apply(Commands.notPlaced(ACTOR, 1, FailureKind.INTERNAL));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldDieNamingPidAndHostWhenRestartsAreUsedUp() {
    live();
    apply(Commands.died(WORKER));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    assertThat(ActorTable.view(record()).getPhase()).isEqualTo(ActorPhase.RESTARTING);
    apply(Commands.assigned(ACTOR, 2, 2));
    apply(Commands.placed(ACTOR, 2, WORKER + 1));
    apply(Commands.constructed(ACTOR, 1, WORKER));
    assertThat(stage()).isEqualTo(STAGE_CONSTRUCTING);
    apply(Commands.died(WORKER + 1));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    assertThat(record().getDeathCause().getKind()).isEqualTo(FailureKind.ACTOR_DIED);
    assertThat(record().getDeathCause().getMessage())
        .contains(
            "pid=77, host=far, reason=signal 9", "app.Counter \"counter\"", "restarts=1 of 1");
  }

  @Test
  void shouldRestartElsewhereWhenItsNodeDies() {
    live();
    apply(Commands.nodeLost(2));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    apply(Commands.assigned(ACTOR, 2, 1));
    assertThat(effects).contains(new Effect.PlaceOnNode(1, ACTOR, 2));
  }

  @Test
  void shouldRestartByItsBudgetWhenKilledForRestart() {
    construct();
    effects.clear();
    apply(Commands.kill(ACTOR, true));
    assertThat(killed()).containsExactly(WORKER);
    apply(Commands.constructed(ACTOR, 1, WORKER));
    apply(Commands.constructed(ACTOR, 1, WORKER));
    apply(Commands.constructionFailed(ACTOR, 1, WORKER));
    apply(Commands.kill(ACTOR, true));
    assertThat(stage()).isEqualTo(STAGE_ALIVE);
    assertThat(killed()).hasSize(2);
    apply(Commands.died(WORKER));
    assertThat(stage()).isEqualTo(STAGE_UNPLACED);
    assertThat(record().getRestarts()).isEqualTo(1);
  }

  @Test
  void shouldDieAtOnceWhenKilledWhileItConstructsOrLives() {
    construct();
    apply(Commands.kill(ACTOR, false));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    apply(Commands.kill(ACTOR, false));
    apply(Commands.kill(ACTOR, true));
    ActorSpec other = Commands.actor(DRIVER, 10, 1, "counter");
    apply(Commands.registerActor(other));
    live(other, WORKER + 5);
    effects.clear();
    apply(Commands.kill(other, false));
    assertThat(killed()).containsExactly(WORKER + 5);
    apply(Commands.died(WORKER + 5));
    assertThat(stage(other)).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldDieWithoutRestartAndEndTheProcessWhenItExits() {
    live();
    effects.clear();
    apply(Commands.exiting(ACTOR, WORKER + 1, false));
    assertThat(stage()).isEqualTo(STAGE_ALIVE);
    apply(Commands.exiting(ACTOR, WORKER, false));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    assertThat(killed()).containsExactly(WORKER);
    apply(Commands.died(WORKER));
    assertThat(record().getDeathCause().getMessage()).contains("it has exited by exitActor");
  }

  @Test
  void shouldEndTheProcessAgainWhenItSaysAgainThatItExits() {
    live();
    apply(Commands.exiting(ACTOR, WORKER, false));
    effects.clear();
    apply(Commands.exiting(ACTOR, WORKER, false));
    assertThat(killed()).containsExactly(WORKER);
    assertThat(stage()).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldEndTheProcessWhenItExitsInItsConstructor() {
    construct();
    effects.clear();
    apply(Commands.exiting(ACTOR, WORKER, true));
    apply(Commands.exiting(ACTOR, WORKER, false));
    apply(Commands.exiting(ACTOR, WORKER, true));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
    assertThat(killed()).containsExactly(WORKER);
  }

  @Test
  void shouldNotRestartWhenItsProcessDiesBeforeItsLastCallsAreOver() {
    live();
    effects.clear();
    apply(Commands.exiting(ACTOR, WORKER, true));
    assertThat(stage()).isEqualTo(STAGE_ALIVE);
    assertThat(killed()).isEmpty();
    apply(Commands.kill(ACTOR, true));
    assertThat(killed()).containsExactly(WORKER);
    apply(Commands.died(WORKER));
    assertThat(stage()).isEqualTo(STAGE_DEAD);
  }

  @Test
  void shouldDieWithItsJobWhateverItsStage() {
    ActorSpec placing = Commands.actor(DRIVER, 20, 1, "");
    ActorSpec constructing = Commands.actor(DRIVER, 21, 1, "");
    ActorSpec alive = Commands.actor(DRIVER, 22, 1, "");
    List.of(placing, constructing, alive).forEach(spec -> apply(Commands.registerActor(spec)));
    apply(Commands.assigned(placing, 1, 2));
    apply(Commands.assigned(constructing, 1, 2));
    apply(Commands.placed(constructing, 1, WORKER));
    live(alive, WORKER + 1);
    effects.clear();
    apply(Commands.endJob(1));
    assertThat(List.of(stage(), stage(placing), stage(constructing), stage(alive)))
        .containsOnly(STAGE_DEAD);
    assertThat(killed()).containsExactlyInAnyOrder(WORKER, WORKER + 1);
    assertThat(record().getDeathCause().getMessage()).contains("its job ended: job=1, reason=done");
  }

  @Test
  void shouldVisitEveryRowWhenAllTestsOfThisClassRun() {
    // The rows are visited one by one above; this guards the table's own completeness.
    assertThat(ActorTransitions.table().values().stream().mapToInt(java.util.Map::size).sum())
        .isEqualTo(38);
    assertThat(ActorTransitions.table().keySet())
        .containsExactlyInAnyOrder(
            STAGE_UNPLACED, STAGE_PLACING, STAGE_CONSTRUCTING, STAGE_ALIVE, STAGE_DEAD);
    assertThatThrownBy(() -> ActorTransitions.action(STAGE_PLACING, ActorEvent.CONSTRUCTED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("STAGE_PLACING");
  }

  private void construct() {
    apply(Commands.assigned(ACTOR, 1, 2));
    apply(Commands.placed(ACTOR, 1, WORKER));
  }

  private void live() {
    live(ACTOR, WORKER);
  }

  private void live(ActorSpec spec, long worker) {
    apply(Commands.assigned(spec, 1, 2));
    apply(Commands.placed(spec, 1, worker));
    apply(Commands.constructed(spec, 1, worker));
    assertThat(stage(spec)).isEqualTo(STAGE_ALIVE);
  }

  private List<Long> killed() {
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(effect -> ((Effect.Send) effect).packet())
        .filter(packet -> packet.hasKillProcess())
        .map(packet -> packet.getKillProcess().getAddress())
        .toList();
  }

  private void apply(GcsCommand command) {
    effects.addAll(machine.apply(command));
  }

  private static Effect changed() {
    return new Effect.ActorChanged(ObjectKey.of(ACTOR.getId()));
  }

  private ActorRecord record() {
    return record(ACTOR);
  }

  private ActorRecord record(ActorSpec spec) {
    return machine.actors().find(ObjectKey.of(spec.getId())).orElseThrow();
  }

  private ActorStage stage() {
    return stage(ACTOR);
  }

  private ActorStage stage(ActorSpec spec) {
    return record(spec).getStage();
  }
}
