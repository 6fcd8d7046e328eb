package io.mobula.gcs.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.JobPhase;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterStateMachineTest {
  private static final StateLimits LIMITS = new StateLimits(3, 5, 3, 20);
  private static final long DRIVER = ProcessAddress.of(1, 1);

  private final ClusterStateMachine machine = new ClusterStateMachine(LIMITS);

  @Test
  void shouldNeverReuseANodeNumberWhenNodesDieAndTheLogIsRestored() {
    machine.apply(Commands.registerNode(1, 4));
    machine.apply(Commands.registerNode(2, 4));
    machine.apply(Commands.nodeLost(2));
    ClusterStateMachine restored = ClusterStateMachine.restore(machine.snapshot(), LIMITS);
    assertThat(answer(restored.apply(Commands.registerNode(3, 4))).getNodeRegistered().getNumber())
        .isEqualTo(3);
    assertThat(restored.nodes().find(2).map(NodeState::getPhase)).contains(NodePhase.NODE_DEAD);
  }

  @Test
  void shouldAnswerAsTheFirstTimeWhenANodeOrJobRegistersAgain() {
    machine.apply(Commands.registerNode(1, 4));
    assertThat(answer(machine.apply(Commands.registerNode(1, 4))).getNodeRegistered().getNumber())
        .isEqualTo(1);
    machine.apply(Commands.registerJob(DRIVER));
    assertThat(answer(machine.apply(Commands.registerJob(DRIVER))).getJobRegistered().getId())
        .isEqualTo(1);
    assertThat(machine.jobs().running()).hasSize(1);
  }

  @Test
  void shouldRefuseAJobWhenItsDriverIsOnNoLivingNode() {
    assertThat(refusal(machine.apply(Commands.registerJob(DRIVER))).getKind())
        .isEqualTo(FailureKind.INVALID);
  }

  @Test
  void shouldEndJobsWhenTheirDriverOrItsNodeDies() {
    machine.apply(Commands.registerNode(1, 4));
    machine.apply(Commands.registerNode(2, 4));
    machine.apply(Commands.registerJob(DRIVER));
    machine.apply(Commands.registerJob(ProcessAddress.of(2, 1)));
    machine.apply(Commands.died(DRIVER));
    assertThat(machine.jobs().find(1).orElseThrow().getPhase()).isEqualTo(JobPhase.JOB_ENDED);
    assertThat(machine.jobs().find(1).orElseThrow().getEndReason()).contains("pid=77");
    List<Effect> effects = machine.apply(Commands.nodeLost(2));
    assertThat(effects).contains(new Effect.JobChanged(2), new Effect.NodeChanged(2));
    assertThat(machine.jobs().running()).isEmpty();
    assertThat(machine.apply(Commands.nodeLost(2))).isEmpty();
    assertThat(machine.apply(Commands.died(ProcessAddress.of(2, 5)))).isEmpty();
    assertThat(machine.apply(Commands.endJob(2))).isEmpty();
  }

  @Test
  void shouldRefuseANameWhenALivingActorHasIt() {
    prepare();
    ActorSpec first = Commands.actor(DRIVER, 1, 1, "boss");
    assertThat(answer(machine.apply(Commands.registerActor(first))).hasActorRegistered()).isTrue();
    assertThat(answer(machine.apply(Commands.registerActor(first))).hasActorRegistered()).isTrue();
    ActorSpec second = Commands.actor(DRIVER, 2, 1, "boss");
    Failure taken = refusal(machine.apply(Commands.registerActor(second)));
    assertThat(taken.getKind()).isEqualTo(FailureKind.NAME_TAKEN);
    assertThat(taken.getMessage()).contains("name=boss, namespace=ns");
    ActorSpec elsewhere = second.toBuilder().setNamespace("other").build();
    assertThat(answer(machine.apply(Commands.registerActor(elsewhere))).hasActorRegistered())
        .isTrue();
    machine.apply(Commands.kill(first, false));
    ActorSpec third = Commands.actor(DRIVER, 3, 1, "boss");
    assertThat(answer(machine.apply(Commands.registerActor(third))).hasActorRegistered()).isTrue();
    assertThat(machine.actors().findByName("ns", "boss").orElseThrow().getSpec()).isEqualTo(third);
  }

  @Test
  void shouldRefuseAnActorWhenNoNodeCouldEverHoldIt() {
    prepare();
    ActorSpec big =
        Commands.actor(DRIVER, 1, 1, "").toBuilder().setResources(Commands.cpus(16)).build();
    Failure failure = refusal(machine.apply(Commands.registerActor(big)));
    assertThat(failure.getKind()).isEqualTo(FailureKind.UNSCHEDULABLE);
    assertThat(failure.getMessage())
        .isEqualTo(
            "no node can ever run the actor: class=app.Counter, asks for CPU=16; node 1 has CPU=4;"
                + " ask for less, or have a node with as much (numCpus, memoryBytes, resources of"
                + " Mobula.init; mobula start --num-cpus, --memory, --resources)");
  }

  @Test
  void shouldRefuseAnActorWhenItsJobIsOverOrThereAreTooMany() {
    prepare();
    for (int i = 1; i <= 5; i++) {
      machine.apply(Commands.registerActor(Commands.actor(DRIVER, i, 1, "")));
    }
    assertThat(
            refusal(machine.apply(Commands.registerActor(Commands.actor(DRIVER, 6, 1, ""))))
                .getMessage())
        .contains("too many actors: living=5, limit=5");
    machine.apply(Commands.endJob(1));
    assertThat(
            refusal(machine.apply(Commands.registerActor(Commands.actor(DRIVER, 7, 1, ""))))
                .getMessage())
        .contains("the job has ended: job=1, class=app.Counter");
  }

  @Test
  void shouldForgetTheLongestDeadWhenThereAreTooMany() {
    for (int i = 1; i <= 5; i++) {
      machine.apply(Commands.registerNode(i, 1));
      machine.apply(Commands.nodeLost(i));
    }
    assertThat(machine.nodes().all().stream().map(node -> node.getDescription().getNumber()))
        .containsExactly(3, 4, 5);
  }

  @Test
  void shouldKeepValuesWithinTheirLimitWhenPut() {
    assertThat(answer(machine.apply(Commands.put("a", "1234", true))).getKvAnswer().getExisted())
        .isFalse();
    assertThat(answer(machine.apply(Commands.put("a", "5678", false))).getKvAnswer().getExisted())
        .isTrue();
    assertThat(machine.kv().get("a").orElseThrow().toStringUtf8()).isEqualTo("1234");
    machine.apply(Commands.put("a", "9", true));
    machine.apply(Commands.put("ab", "x", true));
    machine.apply(Commands.put("b", "y", true));
    assertThat(machine.kv().keys("a")).containsExactly("a", "ab");
    assertThat(refusal(machine.apply(Commands.put("c", "0123456789012345", true))).getKind())
        .isEqualTo(FailureKind.STORE_FULL);
    assertThat(answer(machine.apply(Commands.delete("a"))).getKvAnswer().getExisted()).isTrue();
    assertThat(answer(machine.apply(Commands.delete("a"))).getKvAnswer().getExisted()).isFalse();
  }

  private void prepare() {
    machine.apply(Commands.registerNode(1, 4));
    machine.apply(Commands.registerJob(DRIVER));
  }

  private static Packet answer(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(effect -> ((Effect.Send) effect).packet())
        .findFirst()
        .orElseThrow();
  }

  private static Failure refusal(List<Effect> effects) {
    return answer(effects).getRefusal().getFailure();
  }

  @Test
  void shouldFailWhenACommandHasNoKind() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> machine.apply(GcsCommand.getDefaultInstance()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
