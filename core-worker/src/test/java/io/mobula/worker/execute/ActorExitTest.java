package io.mobula.worker.execute;

import static io.mobula.worker.execute.ExecuteRig.spec;
import static io.mobula.worker.execute.ExecuteRig.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDefinition;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.PushCalls;
import io.mobula.proto.ReplyReceipt;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.object.ObjectEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An actor that ends itself answers what runs, refuses the rest, and is over within a bound. */
final class ActorExitTest {
  private static final ObjectKey ACTOR = new ObjectKey(ExecuteRig.OWNER, 70);

  private final ExecuteRig rig = new ExecuteRig();
  private final ExecuteRig.ListQueue threads = new ExecuteRig.ListQueue();
  private final ActorHost host =
      new ActorHost(new LostArguments(rig.outbox, rig.fetcher), rig.replies);
  private final ActorExit exit = new ActorExit(rig.outbox, host, rig.replies);
  private long nowNanos = 1_000;

  ActorExitTest() {
    host.open(ActorSpec.newBuilder().setId(ACTOR.toProto()).build(), 1, threads);
  }

  @Test
  void shouldRefuseAtOnceWhatHasNotStarted() {
    push(ExecuteRig.OWNER, spec(1), spec(2), spec(3, stored(100)));
    push(ExecuteRig.OTHER_OWNER, spec(11));
    assertThat(threads.added.getFirst().start()).isTrue();

    begin();
    push(ExecuteRig.OTHER_OWNER, spec(12));

    assertThat(refused(ExecuteRig.OWNER)).containsExactlyInAnyOrder(2L, 3L);
    assertThat(refused(ExecuteRig.OTHER_OWNER)).containsExactlyInAnyOrder(11L, 12L);
    assertThat(threads.added).filteredOn(Execution::start).isEmpty();
    assertThat(threads.ends).containsExactly(false);
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldAnnounceItAtOnceAndBeOverWhenTheCallersHaveTheirAnswers() {
    push(ExecuteRig.OWNER, spec(1));
    push(ExecuteRig.OTHER_OWNER, spec(11));
    assertThat(threads.added).filteredOn(Execution::start).hasSize(2);

    begin();
    assertThat(told()).containsExactly(true);
    finish(0);
    assertThat(told()).isEmpty();
    finish(1);
    assertThat(told()).isEmpty();

    receive(ExecuteRig.OWNER);
    assertThat(told()).isEmpty();
    receive(ExecuteRig.OTHER_OWNER);

    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldSendTheReceiptQuestionAfterTheAnswers() {
    push(ExecuteRig.OWNER, spec(1));
    assertThat(threads.added.getFirst().start()).isTrue();
    begin();
    finish(0);
    assertThat(rig.outbox.take(BodyCase.TASK_REPLIES))
        .flatExtracting(packet -> packet.getTaskReplies().getRepliesList())
        .extracting(TaskReply::getSequence, TaskReply::getReceiptWanted)
        .containsExactly(tuple(1L, false), tuple(0L, true));
  }

  @Test
  void shouldNotWaitForACallerThatIsDead() {
    push(ExecuteRig.OWNER, spec(1));
    assertThat(threads.added.getFirst().start()).isTrue();
    begin();
    finish(0);

    host.onProcessDied(ProcessAddress.rayletOf(ExecuteRig.OWNER));
    rig.replies.onProcessDied(ProcessAddress.rayletOf(ExecuteRig.OWNER));
    turn();

    assertThat(told()).containsExactly(true, false);
  }

  @Test
  void shouldWaitUntilWhatIsInsideAnAnswerIsReceived() {
    ObjectEntry inside = ObjectEntry.pending(new ObjectKey(ExecuteRig.SELF, 1));
    rig.table.add(inside);
    push(ExecuteRig.OWNER, spec(1));
    assertThat(threads.added.getFirst().start()).isTrue();
    begin();
    rig.replies.keep(threads.added.getFirst(), List.of(inside));
    finish(0);
    receive(ExecuteRig.OWNER);
    assertThat(told()).containsExactly(true);

    rig.replies.onReferencesReceived(
        ExecuteRig.OWNER, List.of(ReplyReceipt.newBuilder().setSequence(1).build()));
    turn();

    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldBeOverInTimeWhenACallRunsForEver() {
    push(ExecuteRig.OWNER, spec(1));
    assertThat(threads.added.getFirst().start()).isTrue();
    begin();
    nowNanos += ActorExit.GRACE_NANOS - 1;
    turn();
    assertThat(told()).containsExactly(true);

    nowNanos += 1;
    turn();

    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldSayItAgainWhenItIsNotEnded() {
    begin();
    assertThat(told()).containsExactly(true, false);
    begin();
    assertThat(told()).isEmpty();
    nowNanos += ActorExit.REPEAT_NANOS;
    turn();
    assertThat(told()).containsExactly(false);
  }

  @Test
  void shouldBeOverAtOnceWhenItIsStillBeingConstructed() {
    ActorHost unborn = new ActorHost(new LostArguments(rig.outbox, rig.fetcher), rig.replies);
    ActorExit early = new ActorExit(rig.outbox, unborn, rig.replies);
    early.begin(ACTOR.toProto(), nowNanos);
    early.onTurnEnd(nowNanos);
    assertThat(told()).containsExactly(true, false);
  }

  private void begin() {
    exit.begin(ACTOR.toProto(), nowNanos);
    turn();
  }

  private void turn() {
    exit.onTurnEnd(nowNanos);
    rig.replies.flush();
    exit.onTurnEnd(nowNanos);
  }

  private void finish(int index) {
    Execution execution = threads.added.get(index);
    host.onFinished(execution, ExecuteRig.done(execution));
    turn();
  }

  private void receive(long caller) {
    rig.replies.onReferencesReceived(caller, List.of(ReplyReceipt.getDefaultInstance()));
    turn();
  }

  /** What the GCS was told since the last look: whether calls still run. */
  private List<Boolean> told() {
    return rig.outbox.take(BodyCase.ACTOR_EXITING).stream()
        .map(packet -> packet.getActorExiting().getIsFinishing())
        .toList();
  }

  private List<Long> refused(long caller) {
    rig.replies.flush();
    List<Packet> answers = rig.outbox.take(BodyCase.TASK_REPLIES);
    List<Packet> others = answers.stream().filter(packet -> packet.getTo() != caller).toList();
    others.forEach(packet -> rig.outbox.send(packet.getTo(), packet.toBuilder()));
    return answers.stream()
        .filter(packet -> packet.getTo() == caller)
        .flatMap(packet -> packet.getTaskReplies().getRepliesList().stream())
        .filter(reply -> reply.getFailure().getKind() == FailureKind.ACTOR_DIED)
        .filter(reply -> reply.getFailure().getMessage().contains("exited"))
        .map(TaskReply::getSequence)
        .toList();
  }

  private void push(long caller, TaskSpec... calls) {
    host.onPush(
        caller,
        PushCalls.newBuilder()
            .setActor(ACTOR.toProto())
            .setIncarnation(1)
            .addDefinitions(FunctionDefinition.newBuilder().setNumber(1))
            .addAllCalls(List.of(calls))
            .build(),
        rig.methods);
  }
}
