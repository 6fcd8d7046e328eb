package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.function.RemoteFunction;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.loop.CoreMessage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of slots and actors, and what stays on them. */
@Timeout(60)
final class UserThreadsTest {
  private static final ThreadLocal<@Nullable String> LOCAL = new ThreadLocal<>();
  private static final InheritableThreadLocal<@Nullable String> INHERITED =
      new InheritableThreadLocal<>();

  private static final Semaphore RUNNING = new Semaphore(0);

  private final UserRig rig = new UserRig();

  /** As the API's function interfaces. */
  interface Supplied<R> extends RemoteFunction {
    R apply() throws Exception;
  }

  /** As the API's function interfaces. */
  interface Unary<A, R> extends RemoteFunction {
    R apply(A argument) throws Exception;
  }

  static final class Rememberer {
    Rememberer() {}

    String remember() {
      String before = String.valueOf(LOCAL.get());
      LOCAL.set("a call's");
      return before;
    }
  }

  private static String leaveLocals() {
    LOCAL.set("a task's");
    INHERITED.set("a task's");
    long end = System.nanoTime() + 2 * TaskThreads.SHORT_NANOS;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return "left";
  }

  private static String locals() {
    return LOCAL.get() + ", " + INHERITED.get();
  }

  private static int interrupted() throws InterruptedException {
    RUNNING.release();
    new CountDownLatch(1).await();
    return 0;
  }

  @AfterEach
  void close() {
    rig.close();
    assertThat(rig.ends).isEmpty();
  }

  @Test
  void shouldNotShowTheNextTaskTheThreadLocalsOfALongOne() throws InterruptedException {
    Supplied<String> leave = UserThreadsTest::leaveLocals;
    Supplied<String> look = UserThreadsTest::locals;
    TaskSlots.TaskQueue slot = rig.slot();
    assertThat(run(slot, rig.task(leave))).isEqualTo("left");
    assertThat(run(slot, rig.task(look))).isEqualTo("null, null");
    slot.end(false);
    rig.mailbox.await(CoreMessage.SlotClosed.class);
  }

  @Test
  void shouldKeepAnActorsThreadWithItsThreadLocals() throws InterruptedException {
    Supplied<Rememberer> constructor = Rememberer::new;
    rig.threads.construct(rig.constructor(constructor));
    assertThat(rig.constructed()).isNull();
    TaskSlots.TaskQueue queue = rig.threads.newActorQueue(1);
    Unary<Rememberer, String> method = Rememberer::remember;
    assertThat(run(queue, rig.call(method))).isEqualTo("null");
    assertThat(run(queue, rig.call(method))).isEqualTo("a call's");
    queue.end(false);
  }

  @Test
  void shouldCloseASlotOnceWhenItEndsWhileATaskRuns() throws Exception {
    Supplied<Integer> function = UserThreadsTest::interrupted;
    TaskSlots.TaskQueue slot = rig.slot();
    Execution execution = rig.task(function);
    RUNNING.drainPermits();
    slot.add(execution);
    RUNNING.acquire();
    slot.end(true);
    assertThat(rig.answer(execution).hasFailure()).isTrue();
    rig.mailbox.await(CoreMessage.SlotClosed.class);
    assertThat(rig.mailbox.seen(CoreMessage.SlotClosed.class)).isEmpty();
  }

  private @Nullable Object run(TaskSlots.TaskQueue queue, Execution execution)
      throws InterruptedException {
    queue.add(execution);
    return rig.received(rig.answer(execution));
  }
}
