package io.mobula.worker.execute;

import static io.mobula.worker.execute.ExecuteRig.spec;
import static io.mobula.worker.execute.ExecuteRig.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDefinition;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.PushCalls;
import io.mobula.proto.StoreFailure;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.failure.LossFailures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An actor takes each caller's calls in order, and nobody waits for another caller's arguments. */
final class ActorHostTest {
  private static final ObjectKey ACTOR = new ObjectKey(ExecuteRig.OWNER, 70);

  private final ExecuteRig rig = new ExecuteRig();
  private final ExecuteRig.ListQueue threads = new ExecuteRig.ListQueue();
  private final ActorHost host =
      new ActorHost(new LostArguments(rig.outbox, rig.fetcher), rig.replies);

  ActorHostTest() {
    host.open(ActorSpec.newBuilder().setId(ACTOR.toProto()).build(), 2, threads);
  }

  @Test
  void shouldQueueACallersCallsInOrder() {
    push(ExecuteRig.OWNER, 2, spec(1), spec(2));
    push(ExecuteRig.OWNER, 2, spec(3));
    assertThat(threads.names()).containsExactly("t1", "t2", "t3");
  }

  @Test
  void shouldStartNothingThatWaitsWhenTheProcessLeavesTheCluster() {
    push(ExecuteRig.OWNER, 2, spec(1), spec(2), spec(3, stored(100)));
    Execution waiting = threads.added.getFirst();
    assertThat(waiting.yieldArguments()).isTrue();

    host.end();

    assertThat(waiting.isYielded()).isFalse();
    assertThat(waiting.start(() -> true)).isFalse();
    assertThat(threads.added.get(1).start()).isFalse();
  }

  @Test
  void shouldHoldUpOnlyTheSameCallerWhenAnArgumentIsSlow() {
    push(ExecuteRig.OWNER, 2, spec(1), spec(2, stored(100)), spec(3));
    push(ExecuteRig.OTHER_OWNER, 2, spec(11));
    assertThat(threads.names()).containsExactly("t1", "t11");

    rig.arrive();

    assertThat(threads.names()).containsExactly("t1", "t11", "t2", "t3");
  }

  @Test
  void shouldKeepTheOrderWhenALaterCallsArgumentComesFirst() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100)), spec(2, stored(101)));
    List<Packet> fetches = rig.outbox.take(BodyCase.FETCH_OBJECT);
    rig.arrive(fetches.get(1));
    assertThat(threads.added).isEmpty();
    rig.arrive(fetches.get(0));
    assertThat(threads.names()).containsExactly("t1", "t2");
  }

  @Test
  void shouldFailTheCallAndGoOnWhenItsArgumentCantBeBrought() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100)), spec(2));

    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder()
            .setStoreFailure(
                StoreFailure.newBuilder().setFailure(Failures.of(FailureKind.STORE_FULL, "full"))));

    assertThat(threads.names()).containsExactly("t2");
    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
  }

  @Test
  void shouldAskTheOwnerAndKeepTheOrderWhenArgumentsAreLost() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100), stored(101), stored(102)), spec(2));
    List<Packet> fetches = rig.outbox.take(BodyCase.FETCH_OBJECT);
    lose(fetches.get(0));
    Packet request = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    assertThat(request.getTo()).isEqualTo(ExecuteRig.OWNER);
    assertThat(request.getAwaitObject().getLost()).isEqualTo(stored(100).getStored());

    StoredObject again = stored(100).getStored().toBuilder().setAttempt(1).build();
    rig.outbox.answer(
        request, Packet.newBuilder().setObjectValue(ObjectValue.newBuilder().setStored(again)));
    rig.arrive(fetches.get(1));
    List<Packet> secondRound = rig.outbox.take(BodyCase.FETCH_OBJECT);
    rig.arrive(secondRound.get(0));
    rig.arrive(secondRound.get(1));
    assertThat(threads.added).isEmpty();
    rig.arrive(secondRound.get(2));

    assertThat(threads.names()).containsExactly("t1", "t2");
    assertThat(threads.added.getFirst().spec().getArguments(0).getStored()).isEqualTo(again);
    host.onFinished(threads.added.getFirst(), ExecuteRig.done(threads.added.getFirst()));
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldRunWithTheValueWhenALostArgumentIsSmallNow() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100)));
    lose(rig.outbox.takeOnly(BodyCase.FETCH_OBJECT));
    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT),
        Packet.newBuilder()
            .setObjectValue(ObjectValue.newBuilder().setValue(ExecuteRig.inline().getValue())));
    assertThat(threads.added.getFirst().spec().getArguments(0).hasValue()).isTrue();
  }

  @Test
  void shouldFailTheCallAsTheOwnerSaysWhenALostArgumentCannotBeMadeAgain() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100)), spec(2));
    lose(rig.outbox.takeOnly(BodyCase.FETCH_OBJECT));
    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT),
        Packet.newBuilder()
            .setObjectValue(
                ObjectValue.newBuilder()
                    .setFailure(LossFailures.put(new ObjectKey(ExecuteRig.OWNER, 100)))));
    assertThat(threads.names()).containsExactly("t2");
    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
  }

  @Test
  void shouldForgetTheCallWhenItsCallerDiesWhileTheOwnerIsAsked() {
    push(ExecuteRig.OTHER_OWNER, 2, spec(1, stored(100)));
    lose(rig.outbox.takeOnly(BodyCase.FETCH_OBJECT));
    host.onProcessDied(ExecuteRig.OTHER_OWNER);

    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT),
        Packet.newBuilder()
            .setObjectValue(ObjectValue.newBuilder().setStored(stored(100).getStored())));

    assertThat(rig.outbox.take(BodyCase.FETCH_OBJECT)).isEmpty();
    assertThat(threads.added).isEmpty();
  }

  @Test
  void shouldRefuseCallsToAnotherIncarnation() {
    push(ExecuteRig.OWNER, 1, spec(1));
    rig.replies.flush();
    Failure failure =
        rig.outbox.takeOnly(BodyCase.TASK_REPLIES).getTaskReplies().getReplies(0).getFailure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.ACTOR_UNAVAILABLE);
    assertThat(failure.getMessage()).contains("incarnation=1", "incarnation=2");
    assertThat(threads.added).isEmpty();
  }

  @Test
  void shouldAnswerWithoutLeaseAndLetGoOfArgumentsWhenACallIsOver() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100)));
    rig.arrive();
    host.onFinished(threads.added.getFirst(), ExecuteRig.done(threads.added.getFirst()));
    rig.replies.flush();
    assertThat(rig.outbox.takeOnly(BodyCase.TASK_REPLIES).getTaskReplies().getLease()).isZero();
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldForgetTheWaitingCallsAndTheirArgumentsWhenTheCallersNodeDies() {
    push(ExecuteRig.OWNER, 2, spec(1, stored(100), stored(101)), spec(2));
    List<Packet> fetches = rig.outbox.take(BodyCase.FETCH_OBJECT);
    rig.arrive(fetches.get(0));

    host.onProcessDied(ProcessAddress.of(2, 0));
    rig.arrive(fetches.get(1));

    assertThat(threads.added).isEmpty();
    assertThat(rig.shared.size()).isZero();
  }

  private void lose(Packet fetch) {
    rig.outbox.answer(
        fetch,
        Packet.newBuilder()
            .setStoreFailure(
                StoreFailure.newBuilder()
                    .setFailure(Failures.of(FailureKind.OBJECT_LOST, "no copy"))));
  }

  private void push(long caller, int incarnation, TaskSpec... calls) {
    host.onPush(
        caller,
        PushCalls.newBuilder()
            .setActor(ACTOR.toProto())
            .setIncarnation(incarnation)
            .addDefinitions(FunctionDefinition.newBuilder().setNumber(1))
            .addAllCalls(List.of(calls))
            .build(),
        rig.methods);
  }
}
