package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.worker.HeapPolicy.HeapWish;
import io.mobula.raylet.worker.JobWorkers.SlotWanted;
import io.mobula.raylet.worker.WorkerState.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SlotTableTest {
  private static final int JOB = 7;

  private final RecordingWorkerEffects effects = new RecordingWorkerEffects();
  private final WorkerRoster workers = new WorkerRoster();
  private final JobWorkers job = new JobWorkers(JOB);
  private final SlotTable slots = new SlotTable(workers, effects);

  @AfterEach
  void check() {
    slots.check();
  }

  @Test
  void shouldFillRunningWorkersBeforeThoseThatStart() {
    PooledWorker starting = worker(1);
    PooledWorker running = running(2);
    want(1, 2, 3);
    slots.assign(job, LeaseKind.SHARED);
    assertThat(running.leases).containsExactly(1L, 2L);
    assertThat(starting.leases).containsExactly(3L);
    assertThat(effects.take()).containsExactly("ready 1 in 2", "ready 2 in 2");
  }

  @Test
  void shouldLetTheRestWaitWhenSlotsAreTaken() {
    running(1);
    want(1, 2, 3);
    slots.assign(job, LeaseKind.SHARED);
    assertThat(job.waiting(LeaseKind.SHARED))
        .containsExactly(new SlotWanted(3, LeaseKind.SHARED, "task", HeapWish.NONE));
  }

  @Test
  void shouldGiveSlotBackWhenItsLeaseEnds() {
    PooledWorker worker = running(1);
    want(1, 2, 3);
    slots.assign(job, LeaseKind.SHARED);
    assertThat(slots.release(1, 50)).isSameAs(worker);
    slots.assign(job, LeaseKind.SHARED);
    assertThat(worker.leases).containsExactly(2L, 3L);
    assertThat(job.isAnyoneWaiting()).isFalse();
  }

  @Test
  void shouldCallWorkerIdleFromTheEndOfItsLastLease() {
    PooledWorker worker = running(1);
    want(1, 2);
    slots.assign(job, LeaseKind.SHARED);
    slots.release(1, 50);
    assertThat(worker.idleState()).isEqualTo(IdleState.BUSY);
    slots.release(2, 60);
    assertThat(worker.idleState()).isEqualTo(IdleState.IDLE);
    assertThat(worker.idleSinceNanos()).isEqualTo(60);
  }

  @Test
  void shouldForgetLeaseThatWaitsWhenItEnds() {
    want(1);
    assertThat(slots.release(1, 0)).isNull();
    assertThat(job.isAnyoneWaiting()).isFalse();
  }

  @Test
  void shouldWaitAgainWhenItsWorkerNeverRan() {
    PooledWorker worker = worker(1);
    want(1);
    slots.assign(job, LeaseKind.SHARED);
    slots.requeue(worker, job);
    assertThat(worker.leases).isEmpty();
    assertThat(job.isAnyoneWaiting()).isTrue();
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldFailWhenItsWorkerNeverRanAndItsJobHasEnded() {
    PooledWorker worker = worker(1);
    want(1);
    slots.assign(job, LeaseKind.SHARED);
    slots.requeue(worker, null);
    assertThat(effects.failed).containsEntry(1L, "SESSION_CLOSED: the job has ended: job=7");
  }

  @Test
  void shouldFindLeaseThatIsInTwoPlaces() {
    PooledWorker worker = running(1);
    want(1);
    slots.assign(job, LeaseKind.SHARED);
    want(1);
    assertThatThrownBy(slots::check).hasMessage("lease not where it should be: lease=1");
    slots.release(1, 0);
    assertThat(worker.leases).isEmpty();
  }

  private void want(long... leases) {
    for (long lease : leases) {
      slots.await(job, new SlotWanted(lease, LeaseKind.SHARED, "task", HeapWish.NONE));
    }
  }

  private PooledWorker running(int number) {
    PooledWorker worker = worker(number);
    worker.on(Event.REGISTERED);
    return worker;
  }

  private PooledWorker worker(int number) {
    PooledWorker worker =
        new PooledWorker(
            new WorkerStart(number, JOB, LeaseKind.SHARED, "task", 1), 2, HeapWish.NONE, 1_000);
    workers.add(worker);
    return worker;
  }
}
