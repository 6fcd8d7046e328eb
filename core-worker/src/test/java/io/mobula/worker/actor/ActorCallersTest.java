package io.mobula.worker.actor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A caller's calls: in order, through restarts, to one outcome each. */
final class ActorCallersTest {
  private static final long SELF = ProcessAddress.of(1, 1);
  private static final long HOME = ProcessAddress.of(2, 4);
  private static final long SECOND_HOME = ProcessAddress.of(3, 4);
  private static final ObjectKey ACTOR = new ObjectKey(SELF, 1_000_000);
  private static final Failure GONE = Failures.of(FailureKind.ACTOR_DIED, "killed by hand");

  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final ObjectTable table = new ObjectTable();
  private final References references = new References(table, outbox);
  private final ArgumentResolver resolver =
      new ArgumentResolver(
          references,
          (entry, lost, settled) -> {
            throw new AssertionError("nothing is lost here: " + entry);
          });
  private final Map<String, Outcome> completed = new LinkedHashMap<>();
  private final ActorCallers callers =
      new ActorCallers(outbox, resolver, new PeerFunctions(), new Completion());
  private final List<ObjectEntry> slow = new ArrayList<>();

  /** Answers that counted for nothing: call's number, attempt and who gave it. */
  private final List<List<Long>> ignored = new ArrayList<>();

  private long lastSequence;
  private Runnable onCompleted = () -> {};

  private final class Completion implements TaskSubmitter.Completion {
    @Override
    public void onCompleted(
        PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
      if (completed.put(task.name(), outcome) != null) {
        throw new AssertionError("completed twice: call=" + task.name());
      }
      references.completeOwned(task.result(), outcome);
      resolver.release(task);
      onCompleted.run();
    }

    @Override
    public void onIgnored(TaskReply reply, long from) {
      ignored.add(List.of(reply.getSequence(), (long) reply.getAttempt(), from));
    }
  }

  @AfterEach
  void nothingIsLeftWhenTheActorIsDead() {
    state(ActorPhase.DEAD, 0, 0);
    for (ObjectEntry argument : slow) {
      references.completeOwned(argument, new Outcome.Inline(1, new byte[0]));
      references.release(argument);
    }
    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldSubscribeOnceAndWaitWhenTheActorIsNotThereYet() {
    call("a", 0);
    call("b", 0);
    assertThat(outbox.takeOnly(BodyCase.SUBSCRIBE_ACTOR).getTo()).isEqualTo(ProcessAddress.GCS);
    state(ActorPhase.PENDING, 0, 0);
    assertThat(outbox.take()).isEmpty();

    state(ActorPhase.ALIVE, HOME, 0);

    assertThat(pushed(HOME)).containsExactly("a", "b");
  }

  @Test
  void shouldSubscribeOnlyOnceItIsRegisteredWhenThisProcessCreatesIt() {
    callers.creating(ACTOR, "Counter");
    call("a", 0);
    assertThat(outbox.take()).isEmpty();
    callers.registered(ACTOR);
    outbox.takeOnly(BodyCase.SUBSCRIBE_ACTOR);
  }

  @Test
  void shouldFailTheCallsWhenTheCreationIsRefused() {
    callers.creating(ACTOR, "Counter");
    call("a", 0);
    callers.refused(ACTOR, Failures.of(FailureKind.NAME_TAKEN, "the name is taken"));
    call("b", 0);
    assertThat(failure("a").getKind()).isEqualTo(FailureKind.NAME_TAKEN);
    assertThat(failure("b").getKind()).isEqualTo(FailureKind.NAME_TAKEN);
  }

  @Test
  void shouldKeepTheOrderWhenAnEarlierCallsArgumentIsSlow() {
    alive();
    PendingTask first = slowCall("slow", 0);
    call("second", 0);
    assertThat(pushed(HOME)).isEmpty();

    arrive(first);

    assertThat(pushed(HOME)).containsExactly("slow", "second");
  }

  @Test
  void shouldGoOnWithTheNextWhenAnArgumentFails() {
    alive();
    slowCall("slow", 0);
    call("second", 0);

    slow.getFirst().complete(new Outcome.Failed(Failures.of(FailureKind.TASK_FAILED, "boom")));

    assertThat(failure("slow").getKind()).isEqualTo(FailureKind.TASK_FAILED);
    assertThat(pushed(HOME)).containsExactly("second");
  }

  @Test
  void shouldResendInOrderBeforeYoungerOnesWhenTheActorRestarts() {
    alive();
    call("a", 1);
    call("b", 1);
    pushed(HOME);
    state(ActorPhase.RESTARTING, 0, 0);
    call("younger", 1);
    assertThat(outbox.take()).isEmpty();

    state(ActorPhase.ALIVE, SECOND_HOME, 1);

    List<TaskSpec> again = outbox.takeOnly(BodyCase.PUSH_CALLS).getPushCalls().getCallsList();
    assertThat(again).extracting(TaskSpec::getName).containsExactly("a", "b", "younger");
    assertThat(again).extracting(TaskSpec::getAttempt).containsExactly(1, 1, 0);
  }

  @Test
  void shouldResendWhenTheRestartIsSeenOnlyAsANewHome() {
    alive();
    call("a", -1);
    pushed(HOME);
    state(ActorPhase.ALIVE, SECOND_HOME, 1);
    assertThat(pushed(SECOND_HOME)).containsExactly("a");
  }

  @Test
  void shouldSendNothingAgainWhenTheSameStateIsToldTwice() {
    alive();
    call("a", -1);
    pushed(HOME);
    state(ActorPhase.ALIVE, HOME, 0);
    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldFailWhatWasThereAndKeepWhatWasNotWhenCallsMayNotRunTwice() {
    alive();
    call("there", 0);
    slowCall("waits", 0);
    pushed(HOME);

    state(ActorPhase.RESTARTING, 0, 0);

    assertThat(completed).containsOnlyKeys("there");
    assertThat(failure("there").getKind()).isEqualTo(FailureKind.ACTOR_UNAVAILABLE);
    assertThat(failure("there").getMessage())
        .contains("Counter", "process 2.4", "call=there", "maxTaskRetries");
  }

  @Test
  void shouldGoOnWithTheLivingActorWhenItsNodeWasOutOfReach() {
    alive();
    call("once", 0);
    call("again", 1);
    pushed(HOME);

    callers.onGivenUp(
        ProcessAddress.of(2, 0), Failure.newBuilder().setMessage("no way there").build());

    assertThat(completed).containsOnlyKeys("once");
    assertThat(failure("once").getKind()).isEqualTo(FailureKind.ACTOR_UNAVAILABLE);
    assertThat(failure("once").getMessage())
        .contains("can't be reached", "call=once", "no way there", "maxTaskRetries");
    call("later", 0);
    assertThat(pushed(HOME)).containsExactly("again", "later");
  }

  @Test
  void shouldPushToTheNewPlaceWhatAFailedCallMakesReady() {
    alive();
    call("once", 0);
    PendingTask follows = slowCall("follows", 0);
    onCompleted = () -> arrive(follows);
    assertThat(pushed(HOME)).containsExactly("once");

    state(ActorPhase.ALIVE, SECOND_HOME, 1);

    onCompleted = () -> {};
    assertThat(completed).containsOnlyKeys("once");
    assertThat(pushed(SECOND_HOME)).containsExactly("follows");
  }

  @Test
  void shouldNotGiveUpWhatAFailedCallMakesReady() {
    alive();
    call("once", 0);
    PendingTask follows = slowCall("follows", 0);
    onCompleted = () -> arrive(follows);

    callers.onGivenUp(ProcessAddress.of(2, 0), Failure.getDefaultInstance());

    onCompleted = () -> {};
    assertThat(completed).containsOnlyKeys("once");
    assertThat(pushed(HOME)).containsExactly("once", "follows");
  }

  @Test
  void shouldFailAllOnceWithTheCauseWhenTheActorDies() {
    alive();
    call("there", 5);
    PendingTask waits = slowCall("waits", 5);
    call("behind", 5);

    state(ActorPhase.DEAD, 0, 0);
    call("after", 5);
    arrive(waits);

    assertThat(completed).containsOnlyKeys("there", "waits", "behind", "after");
    assertThat(failure("after").getKind()).isEqualTo(FailureKind.ACTOR_DIED);
    assertThat(failure("after").getMessage()).contains("killed by hand", "Counter", "call=after");
    assertThat(pushed(HOME)).containsExactly("there");
  }

  @Test
  void shouldNameTheActorAndTheCallWhenItsProcessAnswersForTheActor() {
    alive();
    for (FailureKind kind : List.of(FailureKind.ACTOR_DIED, FailureKind.ACTOR_UNAVAILABLE)) {
      PendingTask call = call("call of " + kind, 5);
      answer(HOME, call, TaskReply.newBuilder().setFailure(Failures.of(kind, "it has exited")));
      assertThat(failure(call.name()).getKind()).isEqualTo(kind);
      assertThat(failure(call.name()).getTaskName()).isEqualTo(call.name());
      assertThat(failure(call.name()).getMessage())
          .isEqualTo("it has exited: actor=Counter, id=" + ACTOR + ", call=" + call.name());
    }
  }

  @Test
  void shouldLeaveTheFailureAsItIsWhenTheCallThrew() {
    alive();
    PendingTask call = call("throws", 5);
    Failure thrown = Failures.of(FailureKind.TASK_FAILED, "boom");
    answer(HOME, call, TaskReply.newBuilder().setFailure(thrown));
    assertThat(failure("throws")).isEqualTo(thrown);
  }

  @Test
  void shouldFailOnceWhenAnArgumentFailsAfterTheActorsDeath() {
    alive();
    slowCall("waits", 5);
    state(ActorPhase.DEAD, 0, 0);
    slow.getFirst().complete(new Outcome.Failed(Failures.of(FailureKind.TASK_FAILED, "boom")));
    assertThat(failure("waits").getKind()).isEqualTo(FailureKind.ACTOR_DIED);
  }

  @Test
  void shouldFailOnceWhenACallTakesTheResultOfAnotherThatFails() {
    alive();
    PendingTask first = call("first", 5);
    first.result().retain();
    call("second", 5, new @Nullable ObjectEntry[] {first.result()});
    state(ActorPhase.DEAD, 0, 0);
    assertThat(completed).containsOnlyKeys("first", "second");
  }

  @Test
  void shouldStayDeadWhenOldNewsComes() {
    alive();
    state(ActorPhase.DEAD, 0, 0);
    state(ActorPhase.ALIVE, SECOND_HOME, 1);
    call("a", 0);
    assertThat(failure("a").getKind()).isEqualTo(FailureKind.ACTOR_DIED);
  }

  @Test
  void shouldForgetTheActorThatDiedFirstWhenTooManyAreDead() {
    alive();
    state(ActorPhase.DEAD, 0, 0);
    for (int i = 1; i <= ActorCallers.DEAD_MAX; i++) {
      ObjectKey other = new ObjectKey(SELF, 1_000_000 + i);
      callers.creating(other, "Counter");
      callers.refused(other, Failures.of(FailureKind.INVALID, "no"));
      callers.refused(other, Failures.of(FailureKind.INVALID, "no"));
    }

    call("a", 0);

    // The GCS is asked again, and says again that it is dead.
    assertThat(outbox.take(BodyCase.SUBSCRIBE_ACTOR)).hasSize(1);
    state(ActorPhase.DEAD, 0, 0);
    assertThat(failure("a").getKind()).isEqualTo(FailureKind.ACTOR_DIED);
  }

  @Test
  void shouldTakeEachAnswerOnceAndNoneToOlderAttempts() {
    alive();
    PendingTask a = call("a", 5);
    call("b", 5);
    pushed(HOME);
    state(ActorPhase.ALIVE, SECOND_HOME, 1);

    reply(HOME, a, 0);
    assertThat(completed).isEmpty();
    reply(SECOND_HOME, a, 1);
    reply(SECOND_HOME, a, 1);

    assertThat(completed).containsOnlyKeys("a");
    assertThat(ignored)
        .containsExactly(List.of(a.sequence(), 0L, HOME), List.of(a.sequence(), 1L, SECOND_HOME));
  }

  @Test
  void shouldSayThatAnAnswerIsIgnoredWhenTheCallWasGivenUp() {
    alive();
    PendingTask once = call("once", 0);
    PendingTask again = call("again", 1);
    callers.onGivenUp(ProcessAddress.of(2, 0), Failure.getDefaultInstance());

    reply(HOME, once, 0);
    reply(HOME, again, 0);

    assertThat(completed).containsOnlyKeys("once");
    assertThat(ignored)
        .containsExactly(List.of(once.sequence(), 0L, HOME), List.of(again.sequence(), 0L, HOME));
  }

  @Test
  void shouldSayThatAnAnswerIsIgnoredWhenTheActorHasDied() {
    alive();
    PendingTask call = call("a", 5);
    state(ActorPhase.DEAD, 0, 0);

    reply(HOME, call, 0);

    assertThat(ignored).containsExactly(List.of(call.sequence(), 0L, HOME));
  }

  @Test
  void shouldKeepTheOrderOfRetriesWhenAnOldAnswerCameBetween() {
    alive();
    call("a", 5);
    PendingTask b = call("b", 5);
    state(ActorPhase.ALIVE, SECOND_HOME, 1);
    outbox.take();
    reply(HOME, b, 0);

    state(ActorPhase.ALIVE, HOME, 2);

    assertThat(pushed(HOME)).containsExactly("a", "b");
  }

  @Test
  void shouldWaitWhileTheWayIsCongested() {
    alive();
    outbox.setCongested(HOME, true);
    call("a", 0);
    assertThat(pushed(HOME)).isEmpty();
    outbox.setCongested(HOME, false);
    callers.onWritable();
    assertThat(pushed(HOME)).containsExactly("a");
  }

  @Test
  void shouldKeepTheRestHereWhenThereAreMoreThanMayBeAtTheActor() {
    List<PendingTask> calls = new ArrayList<>();
    for (int i = 0; i < ActorCallers.IN_FLIGHT_MAX + 3; i++) {
      calls.add(call("call " + i, 0));
    }
    alive();
    assertThat(pushed(HOME)).hasSize(ActorCallers.IN_FLIGHT_MAX);

    reply(HOME, calls.getFirst(), 0);

    assertThat(pushed(HOME)).containsExactly("call " + ActorCallers.IN_FLIGHT_MAX);
  }

  private PendingTask call(String name, int maxRetries) {
    return call(name, maxRetries, new @Nullable ObjectEntry[0]);
  }

  /** A call whose argument is to come. */
  private PendingTask slowCall(String name, int maxRetries) {
    ObjectEntry argument = ObjectEntry.pending(new ObjectKey(SELF, ++lastSequence));
    table.add(argument);
    argument.retain();
    slow.add(argument);
    return call(name, maxRetries, new @Nullable ObjectEntry[] {argument});
  }

  private void arrive(PendingTask call) {
    assertThat(call.name()).isNotEmpty();
    references.completeOwned(slow.getFirst(), new Outcome.Inline(1, new byte[0]));
  }

  private PendingTask call(String name, int maxRetries, @Nullable ObjectEntry[] arguments) {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(SELF, ++lastSequence));
    table.add(result);
    PendingTask task =
        new PendingTask(
            result,
            new RemoteTarget(1, FunctionDescriptor.getDefaultInstance(), "Counter.add", null),
            name,
            maxRetries,
            new @Nullable TaskArgument[arguments.length],
            arguments,
            new ArrayList<>());
    callers.call(ACTOR, "Counter", task);
    return task;
  }

  private void alive() {
    callers.watch(ACTOR, "Counter");
    state(ActorPhase.ALIVE, HOME, 0);
    outbox.take(BodyCase.SUBSCRIBE_ACTOR);
  }

  private void state(ActorPhase phase, long home, int incarnation) {
    ActorState.Builder state =
        ActorState.newBuilder()
            .setId(ACTOR.toProto())
            .setPhase(phase)
            .setWorker(home)
            .setIncarnation(incarnation)
            .setClassName("Counter");
    callers.onActorState((phase == ActorPhase.DEAD ? state.setDeathCause(GONE) : state).build());
  }

  private List<String> pushed(long home) {
    return outbox.take(BodyCase.PUSH_CALLS).stream()
        .filter(packet -> packet.getTo() == home)
        .flatMap(packet -> packet.getPushCalls().getCallsList().stream())
        .map(TaskSpec::getName)
        .toList();
  }

  private void reply(long home, PendingTask task, int attempt) {
    answer(
        home,
        task,
        TaskReply.newBuilder().setAttempt(attempt).setValue(EncodedValue.getDefaultInstance()));
  }

  private void answer(long home, PendingTask task, TaskReply.Builder reply) {
    callers.onReplies(List.of(reply.setSequence(task.sequence()).build()), home);
  }

  private Failure failure(String name) {
    return completed.get(name) instanceof Outcome.Failed failed
        ? failed.failure()
        : Failure.getDefaultInstance();
  }
}
