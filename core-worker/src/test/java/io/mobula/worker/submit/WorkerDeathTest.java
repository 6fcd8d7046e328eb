package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Isolation;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.RequestLease;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of tasks whose worker or node dies. */
final class WorkerDeathTest {
  private static final long REMOTE_WORKER = ProcessAddress.of(2, 5);
  private static final long OTHER_REMOTE_WORKER = ProcessAddress.of(2, 6);

  private final SubmitterRig rig = new SubmitterRig();

  @Test
  void shouldTryAgainWithTheNextAttemptWhenTheWorkerDies() {
    rig.submit("a");
    rig.grant(rig.requests().getFirst(), 1, SubmitterRig.WORKER);
    rig.outbox.take();

    rig.die(SubmitterRig.WORKER);
    rig.grant(rig.requests().getFirst(), 2, SubmitterRig.OTHER_WORKER);

    TaskSpec again = rig.outbox.takeOnly(BodyCase.PUSH_TASKS).getPushTasks().getTasks(0);
    assertThat(again.getName()).isEqualTo("a");
    assertThat(again.getAttempt()).isEqualTo(1);
    assertThat(rig.outbox.take(BodyCase.RETURN_LEASE)).isEmpty();
  }

  @Test
  void shouldFailWithWhatDiedWhenTheBudgetIsSpent() {
    rig.submit(rig.task("a", 1));
    rig.grant(rig.requests().getFirst(), 1, SubmitterRig.WORKER);
    rig.die(SubmitterRig.WORKER);
    rig.grant(rig.requests().getFirst(), 2, SubmitterRig.OTHER_WORKER);

    rig.die(SubmitterRig.OTHER_WORKER);

    Failure failure = rig.failure("a");
    assertThat(failure.getKind()).isEqualTo(FailureKind.WORKER_DIED);
    assertThat(failure.getMessage())
        .contains("task=a", "process 1.8", "pid=99", "signal 9", "attempts=2", "maxRetries");
    assertThat(rig.submitter.unfinished()).isZero();
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldSayThatAnAnswerIsIgnoredWhenItsLeaseIsGone() {
    PendingTask task = rig.task("a", 1);
    rig.submit(task);
    rig.grant(rig.requests().getFirst(), 1, SubmitterRig.WORKER);
    TaskReply late = SubmitterRig.done(task, SubmitterRig.SHORT_NANOS);
    rig.die(SubmitterRig.WORKER);

    rig.reply(1, SubmitterRig.WORKER, late);

    assertThat(rig.completed).isEmpty();
    assertThat(rig.ignored).containsExactly(Map.entry(late, SubmitterRig.WORKER));
  }

  @Test
  void shouldSayThatAnAnswerIsIgnoredWhenTheTaskIsNotOnTheLease() {
    PendingTask task = rig.task("a", 1);
    rig.submit(task);
    rig.grant(rig.requests().getFirst(), 1, SubmitterRig.WORKER);
    TaskReply reply = SubmitterRig.done(task, SubmitterRig.SHORT_NANOS);
    rig.reply(1, SubmitterRig.WORKER, reply);

    rig.reply(1, SubmitterRig.WORKER, reply);

    assertThat(rig.ignored).containsExactly(Map.entry(reply, SubmitterRig.WORKER));
  }

  @Test
  void shouldSayThatAnAnswerIsIgnoredWhenItIsToAnOlderAttempt() {
    PendingTask task = rig.task("a", 1);
    rig.submit(task);
    rig.grant(rig.requests().getFirst(), 1, SubmitterRig.WORKER);
    TaskReply old = SubmitterRig.done(task, SubmitterRig.SHORT_NANOS);
    rig.die(SubmitterRig.WORKER);
    rig.grant(rig.requests().getFirst(), 2, SubmitterRig.WORKER);

    rig.reply(2, SubmitterRig.WORKER, old);

    assertThat(rig.completed).isEmpty();
    assertThat(rig.ignored).containsExactly(Map.entry(old, SubmitterRig.WORKER));
  }

  @Test
  void shouldTryWithoutEndWhenTheBudgetIsMinusOne() {
    rig.submit(rig.task("a", -1));
    for (int round = 1; round <= 20; round++) {
      long worker = ProcessAddress.of(1, 100 + round);
      rig.grant(rig.requests().getFirst(), round, worker);
      rig.die(worker);
    }
    assertThat(rig.completed).isEmpty();
  }

  @Test
  void shouldRetryInOrderAndBeforeYoungerOnesWhenSeveralWereInFlight() {
    rig.warmUp(1, SubmitterRig.WORKER);
    rig.submit("a", "b", "c");
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    rig.submit("younger");

    rig.end(1, 0);

    assertThat(startOrder()).containsExactly("a", "b", "c", "younger");
  }

  @Test
  void shouldRetryInOrderOfSubmissionWhenANodeWithSeveralLeasesDies() {
    for (int lease = 1; lease <= 20; lease++) {
      rig.submit("task " + lease);
      rig.grant(rig.requests().getFirst(), lease, ProcessAddress.of(2, 100 - lease));
    }

    rig.die(ProcessAddress.of(2, 0));

    assertThat(startOrder()).hasSize(20).isSortedAccordingTo((a, b) -> number(a) - number(b));
  }

  @Test
  void shouldPushARetriedTaskAloneWhenOthersAreReady() {
    rig.warmUp(1, SubmitterRig.WORKER);
    rig.submit("killer", "as well");
    rig.die(SubmitterRig.WORKER);

    rig.grant(rig.requests().getFirst(), 2, SubmitterRig.OTHER_WORKER);

    assertThat(rig.pushed(SubmitterRig.OTHER_WORKER)).containsExactly(List.of("killer"));
  }

  @Test
  void shouldKeepARetriedTaskFromWorkersOfOthersWhenItIsReady() {
    rig.warmUp(1, SubmitterRig.WORKER);
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    PendingTask busy = rig.task("busy", 0);
    rig.submit(busy);
    rig.grant(rig.requests().getLast(), 2, SubmitterRig.OTHER_WORKER);
    rig.outbox.setCongested(SubmitterRig.WORKER, false);
    rig.submit("killer");
    rig.outbox.take();

    rig.die(SubmitterRig.WORKER);

    rig.reply(2, SubmitterRig.OTHER_WORKER, SubmitterRig.done(busy, SubmitterRig.SHORT_NANOS));
    assertThat(rig.pushed(SubmitterRig.OTHER_WORKER)).isEmpty();
    RequestLease request = rig.outbox.takeOnly(BodyCase.REQUEST_LEASE).getRequestLease();
    assertThat(request.getIsolation()).isEqualTo(Isolation.PROCESS);
    assertThat(request.getResources()).isEqualTo(SubmitterRig.ONE_CPU.resources());
    rig.grant(request.getRequest(), 3, ProcessAddress.of(1, 9));
    assertThat(rig.pushed(ProcessAddress.of(1, 9))).containsExactly(List.of("killer"));
  }

  @Test
  void shouldIgnoreTheAnswerWhenItIsToAnOlderAttempt() {
    rig.warmUp(1, SubmitterRig.WORKER);
    PendingTask a = rig.task("a", 3);
    rig.submit(a);
    rig.die(SubmitterRig.WORKER);
    rig.grant(rig.requests().getFirst(), 2, SubmitterRig.OTHER_WORKER);

    rig.reply(1, SubmitterRig.WORKER, SubmitterRig.done(a, 0, 1));
    rig.reply(2, SubmitterRig.OTHER_WORKER, SubmitterRig.done(a, 0, 1));
    assertThat(rig.completed).isEmpty();

    rig.reply(2, SubmitterRig.OTHER_WORKER, SubmitterRig.done(a, 1, 1));
    assertThat(rig.completed).containsOnlyKeys("a");
  }

  @Test
  void shouldLoseTheLeasesOfANodeAndOnlyThoseWhenItDies() {
    rig.submit("here", "there", "there too");
    List<Long> requests = rig.requests();
    rig.grant(requests.get(0), 1, SubmitterRig.WORKER);
    rig.grant(requests.get(1), 1, REMOTE_WORKER);
    rig.grant(requests.get(2), 2, OTHER_REMOTE_WORKER);

    rig.die(ProcessAddress.of(2, 0));

    assertThat(rig.submitter.heldLeases()).isEqualTo(1);
    assertThat(rig.requests()).hasSize(2);
    assertThat(rig.submitter.unfinished()).isEqualTo(3);
  }

  @Test
  void shouldFailEverythingOnceWhenTheClusterIsLost() {
    rig.warmUp(1, SubmitterRig.WORKER);
    PendingTask running = rig.task("running", 3);
    running.result().retain();
    rig.submit(running);
    rig.submit(rig.task("waits for it", 3, running.result()));
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    rig.submit("ready");

    rig.submitter.failAll(Failures.of(FailureKind.CLUSTER_LOST, "the head is gone"));

    assertThat(rig.completed).containsOnlyKeys("running", "waits for it", "ready");
    assertThat(rig.submitter.unfinished()).isZero();
    rig.references.release(running.result());
    assertThat(rig.table.entries()).isEmpty();
  }

  /** Runs everything on one worker that takes one task at a time. */
  private List<String> startOrder() {
    List<String> order = new java.util.ArrayList<>();
    long lease = 1_000;
    for (Long request : rig.requests()) {
      lease++;
      long worker = ProcessAddress.of(1, (int) lease);
      rig.grant(request, lease, worker);
      rig.pushed(worker).forEach(order::addAll);
    }
    return order;
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring("task ".length()));
  }
}
