package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.RequestLease;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a submitter comes by leases, and what becomes of requests it needs no more. */
final class LeaseRequestTest {
  private static final long OTHER_RAYLET = ProcessAddress.of(2, 0);
  private static final long REMOTE_WORKER = ProcessAddress.of(2, 5);

  private final SubmitterRig rig = new SubmitterRig();

  @Test
  void shouldAskTheOwnRayletOnceATaskWhenNothingIsHeld() {
    rig.submit("a", "b");

    List<Packet> sent = rig.outbox.take(BodyCase.REQUEST_LEASE);

    assertThat(sent).extracting(Packet::getTo).containsOnly(SubmitterRig.RAYLET);
    assertThat(sent)
        .extracting(packet -> packet.getRequestLease().getRequest())
        .doesNotHaveDuplicates()
        .hasSize(2);
    RequestLease last = sent.getLast().getRequestLease();
    assertThat(last.getResources()).isEqualTo(SubmitterRig.ONE_CPU.resources());
    assertThat(last.getBacklog()).isEqualTo(2);
    assertThat(last.getJob()).isEqualTo(5);
    assertThat(last.getTaskName()).isEqualTo("a");
    assertThat(last.getSpilled()).isFalse();
  }

  @Test
  void shouldKeepToTheLimitOfOpenRequestsWhenThereAreManyTasks() {
    for (int i = 0; i < 3 * TaskSubmitter.REQUESTS_MAX; i++) {
      rig.submit("task " + i);
    }
    assertThat(rig.requests()).hasSize(TaskSubmitter.REQUESTS_MAX);
  }

  @Test
  void shouldAskApartWhenClassesDiffer() {
    rig.submit("small");
    rig.submitter.submit(rig.task("big", 0), SubmitterRig.schedulingClass(40_000), rig.nowNanos);
    List<Long> requests = rig.requests();

    rig.grant(requests.getLast(), 1, SubmitterRig.WORKER);

    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("big"));
  }

  @Test
  void shouldPushToTheWorkerWithTheFunctionWhenALeaseIsGranted() {
    rig.submit("a");
    rig.grant(rig.requests().getFirst(), 4, SubmitterRig.WORKER);

    Packet push = rig.outbox.takeOnly(BodyCase.PUSH_TASKS);

    assertThat(push.getTo()).isEqualTo(SubmitterRig.WORKER);
    assertThat(push.getPushTasks().getLease()).isEqualTo(4);
    assertThat(push.getPushTasks().getJob()).isEqualTo(5);
    assertThat(push.getPushTasks().getDefinitions(0).getNumber()).isEqualTo(3);
    assertThat(push.getPushTasks().getTasks(0).getAttempt()).isZero();
  }

  @Test
  void shouldDefineAFunctionOnceAWorkerWhenItIsPushedAgain() {
    rig.warmUp(1, SubmitterRig.WORKER);
    rig.submit("again");
    assertThat(rig.outbox.takeOnly(BodyCase.PUSH_TASKS).getPushTasks().getDefinitionsCount())
        .isZero();
  }

  @Test
  void shouldAskTheNamedRayletWhenSpilled() {
    rig.submit("a");
    long request = rig.requests().getFirst();

    rig.submitter.onLeaseSpilled(request, OTHER_RAYLET);

    Packet spilled = rig.outbox.takeOnly(BodyCase.REQUEST_LEASE);
    assertThat(spilled.getTo()).isEqualTo(OTHER_RAYLET);
    assertThat(spilled.getRequestLease().getRequest()).isEqualTo(request);
    assertThat(spilled.getRequestLease().getSpilled()).isTrue();
    rig.grant(request, 1, REMOTE_WORKER);
    assertThat(rig.pushed(REMOTE_WORKER)).containsExactly(List.of("a"));
  }

  @Test
  void shouldAskTheOwnRayletAgainWhenTheOneSpilledToDies() {
    rig.submit("a");
    long request = rig.requests().getFirst();
    rig.submitter.onLeaseSpilled(request, OTHER_RAYLET);
    rig.outbox.take();

    rig.die(OTHER_RAYLET);

    Packet again = rig.outbox.takeOnly(BodyCase.REQUEST_LEASE);
    assertThat(again.getTo()).isEqualTo(SubmitterRig.RAYLET);
    assertThat(again.getRequestLease().getRequest()).isEqualTo(request);
    assertThat(again.getRequestLease().getSpilled()).isFalse();
  }

  @Test
  void shouldIgnoreASpillWhenTheRequestIsOver() {
    rig.submit("a");
    long request = rig.requests().getFirst();
    rig.grant(request, 1, SubmitterRig.WORKER);
    rig.outbox.take();

    rig.submitter.onLeaseSpilled(request, OTHER_RAYLET);

    assertThat(rig.outbox.take()).isEmpty();
  }

  @Test
  void shouldFailAllTasksOfTheClassWhenRefused() {
    rig.submit("a", "b");
    rig.submitter.submit(rig.task("big", 0), SubmitterRig.schedulingClass(40_000), rig.nowNanos);
    List<Long> requests = rig.requests();

    rig.submitter.onLeaseRefused(
        requests.getFirst(), Failures.of(FailureKind.UNSCHEDULABLE, "no node has it"));

    assertThat(rig.completed).containsOnlyKeys("a", "b");
    assertThat(rig.completed.get("a"))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure().getKind()).isEqualTo(FailureKind.UNSCHEDULABLE));
    assertThat(rig.outbox.takeOnly(BodyCase.CANCEL_LEASE_REQUESTS).getCancelLeaseRequests())
        .satisfies(cancel -> assertThat(cancel.getRequestsList()).containsExactly(requests.get(1)));
    assertThat(rig.submitter.unfinished()).isEqualTo(1);
  }

  @Test
  void shouldCancelWhereItAskedWhenNoTaskIsLeft() {
    rig.warmUp(1, SubmitterRig.WORKER);
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    rig.submit("a", "b");
    List<Long> requests = rig.requests();
    rig.submitter.onLeaseSpilled(requests.getFirst(), OTHER_RAYLET);
    rig.outbox.take();
    rig.outbox.setCongested(SubmitterRig.WORKER, false);

    rig.submitter.onWritable(rig.nowNanos);

    assertThat(rig.outbox.take(BodyCase.CANCEL_LEASE_REQUESTS))
        .extracting(Packet::getTo, packet -> packet.getCancelLeaseRequests().getRequests(0))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(OTHER_RAYLET, requests.get(0)),
            org.assertj.core.groups.Tuple.tuple(SubmitterRig.RAYLET, requests.get(1)));
  }

  @Test
  void shouldReturnTheLeaseWhenItComesAfterTheRequestWasCancelled() {
    rig.submit("a", "b");
    List<Long> requests = rig.requests();
    rig.grant(requests.get(0), 1, SubmitterRig.WORKER);
    PendingTask b = rig.task("c", 0);
    rig.submit(b);
    rig.submitter.onLeaseRefused(
        requests.get(1), Failures.of(FailureKind.UNSCHEDULABLE, "no node has it"));
    long third = rig.requests().getFirst();
    rig.outbox.take();

    rig.grant(third, 9, REMOTE_WORKER);

    Packet back = rig.outbox.takeOnly(BodyCase.RETURN_LEASE);
    assertThat(back.getTo()).isEqualTo(OTHER_RAYLET);
    assertThat(back.getReturnLease().getLease()).isEqualTo(9);
    assertThat(rig.submitter.heldLeases()).isEqualTo(1);
  }

  @Test
  void shouldReturnTheSecondLeaseWhenARequestIsGrantedTwice() {
    rig.submit("a", "b");
    long request = rig.requests().getFirst();
    rig.grant(request, 1, SubmitterRig.WORKER);
    rig.grant(request, 2, SubmitterRig.OTHER_WORKER);
    assertThat(rig.outbox.takeOnly(BodyCase.RETURN_LEASE).getReturnLease().getLease()).isEqualTo(2);
  }
}
