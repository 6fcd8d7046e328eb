package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorRegistered;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.submit.PeerFunctions;
import org.junit.jupiter.api.Test;

/** Who waits for an actor's registration is answered; who no longer does gets no actor. */
final class ActorCreationTest {
  private static final ObjectKey ACTOR = new ObjectKey(RecoveryRig.SELF, 1_000_000);

  private final RecoveryRig rig = new RecoveryRig();
  private final ActorCreation creation =
      new ActorCreation(
          rig.outbox,
          rig.resolver,
          new ActorCallers(rig.outbox, rig.resolver, new PeerFunctions(), rig.completion),
          new ActorArguments(rig.resolver));
  private final Rendezvous<Failure> answer = new Rendezvous<>();

  @Test
  void shouldAnswerWhoWaits() throws InterruptedException {
    register();
    assertThat(answer.await().getKind()).isEqualTo(FailureKind.FAILURE_KIND_UNSPECIFIED);
    assertThat(rig.outbox.take(BodyCase.KILL_ACTOR)).isEmpty();
  }

  @Test
  void shouldEndTheActorWhenNobodyWaitsForItAnyMore() {
    assertThat(answer.abandon()).isNull();
    register();
    assertThat(rig.outbox.takeOnly(BodyCase.KILL_ACTOR).getKillActor().getId())
        .isEqualTo(ACTOR.toProto());
  }

  private void register() {
    creation.create(
        new CoreMessage.CreateActor(
            ActorSpec.newBuilder().setId(ACTOR.toProto()).setName("named").build(),
            rig.task("new Named", 0),
            answer));
    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.REGISTER_ACTOR),
        Packet.newBuilder().setActorRegistered(ActorRegistered.getDefaultInstance()));
  }
}
