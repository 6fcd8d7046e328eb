package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.MobulaException;
import io.mobula.api.SerializationException;
import io.mobula.api.TaskException;
import io.mobula.api.function.RemoteFunction;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.serialization.ThrowableCodec;
import io.mobula.worker.serialization.ValueKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Whatever user code does, wherever it runs: one answer, and the threads go on. */
@Timeout(60)
final class BoundaryTest {
  /** No failure is larger, whatever was thrown. */
  private static final int FAILURE_BYTES_MAX = 4 << 20;

  private final UserRig rig = new UserRig();

  /** As the API's function interfaces. */
  interface Unary<A extends @Nullable Object, R> extends RemoteFunction {
    R apply(A argument) throws Exception;
  }

  /** As the API's function interfaces. */
  interface Binary<A, B, R> extends RemoteFunction {
    R apply(A first, B second) throws Exception;
  }

  /** An actor that does what it is told. */
  static final class Puppet {
    Puppet(@Nullable Misbehaviour misbehaviour) {
      if (misbehaviour != null) {
        misbehaviour.act();
      }
    }

    int act(Misbehaviour misbehaviour) {
      return misbehaviour.act();
    }

    int twice(int number) {
      return 2 * number;
    }
  }

  private static int act(Misbehaviour misbehaviour) {
    return misbehaviour.act();
  }

  private static Misbehaviour.Hooked returned(Misbehaviour misbehaviour) {
    return new Misbehaviour.Hooked(misbehaviour, false);
  }

  private static int taken(Object value) {
    return value.hashCode();
  }

  private static int twice(int number) {
    return 2 * number;
  }

  @AfterEach
  void close() {
    rig.close();
    assertThat(rig.ends).isEmpty();
  }

  /** Each misbehaviour in each place where user code runs. */
  @TestFactory
  Stream<DynamicTest> shouldAnswerOnceWhenUserCodeMisbehaves() {
    List<DynamicTest> all = new ArrayList<>();
    for (Misbehaviour misbehaviour : Misbehaviour.values()) {
      String name = misbehaviour.name().toLowerCase(Locale.ROOT);
      all.add(DynamicTest.dynamicTest(name + " in arguments", () -> inArguments(misbehaviour)));
      all.add(DynamicTest.dynamicTest(name + " in a task", () -> inTask(misbehaviour)));
      all.add(DynamicTest.dynamicTest(name + " in a result", () -> inResult(misbehaviour)));
      all.add(DynamicTest.dynamicTest(name + " in a method", () -> inMethod(misbehaviour)));
      all.add(
          DynamicTest.dynamicTest(name + " in a constructor", () -> inConstructor(misbehaviour)));
      all.add(DynamicTest.dynamicTest(name + " at the caller", () -> atCaller(misbehaviour)));
    }
    return all.stream();
  }

  private void inArguments(Misbehaviour misbehaviour) throws InterruptedException {
    Unary<Object, Integer> function = BoundaryTest::taken;
    Execution execution = rig.task(function, new Misbehaviour.Hooked(misbehaviour, true));
    assertFailed(onSlot(execution), misbehaviour);
  }

  private void inTask(Misbehaviour misbehaviour) throws InterruptedException {
    Unary<Misbehaviour, Integer> function = BoundaryTest::act;
    try (OtherSession other = new OtherSession()) {
      other.makeStaleRef();
      Failure failure = assertFailed(onSlot(rig.task(function, misbehaviour)), misbehaviour);
      if (misbehaviour != Misbehaviour.EXIT) {
        assertThat(rig.thrown(failure))
            .isInstanceOfSatisfying(TaskException.class, e -> assertThat(e.getCause()).isNotNull());
      }
    }
  }

  private void inResult(Misbehaviour misbehaviour) throws InterruptedException {
    Unary<Misbehaviour, Misbehaviour.Hooked> function = BoundaryTest::returned;
    assertFailed(onSlot(rig.task(function, misbehaviour)), misbehaviour);
  }

  /** Runs on a lease's thread, which must run another task afterwards. */
  private TaskReply onSlot(Execution execution) throws InterruptedException {
    TaskSlots.TaskQueue slot = rig.slot();
    slot.add(execution);
    TaskReply reply = rig.answer(execution);
    Unary<Integer, Integer> function = BoundaryTest::twice;
    Execution later = rig.task(function, 21);
    slot.add(later);
    assertThat(rig.received(rig.answer(later))).isEqualTo(42);
    slot.end(false);
    rig.mailbox.await(CoreMessage.SlotClosed.class);
    return reply;
  }

  private void inMethod(Misbehaviour misbehaviour) throws InterruptedException {
    Unary<@Nullable Misbehaviour, Puppet> constructor = Puppet::new;
    rig.threads.construct(rig.constructor(constructor, (Object) null));
    assertThat(rig.constructed()).isNull();
    TaskSlots.TaskQueue queue = rig.threads.newActorQueue(1);
    Binary<Puppet, Misbehaviour, Integer> method = Puppet::act;
    Execution call = rig.call(method, misbehaviour);
    queue.add(call);
    assertFailed(rig.answer(call), misbehaviour);
    if (misbehaviour != Misbehaviour.EXIT) {
      assertGoesOn(queue);
    }
    queue.end(false);
  }

  private void assertGoesOn(TaskSlots.TaskQueue queue) throws InterruptedException {
    Binary<Puppet, Integer, Integer> other = Puppet::twice;
    Execution later = rig.call(other, 21);
    queue.add(later);
    assertThat(rig.received(rig.answer(later))).isEqualTo(42);
  }

  private void inConstructor(Misbehaviour misbehaviour) throws InterruptedException {
    Unary<@Nullable Misbehaviour, Puppet> constructor = Puppet::new;
    rig.threads.construct(rig.constructor(constructor, misbehaviour));
    Failure failure = Objects.requireNonNull(rig.constructed());
    assertThat(failure.getKind()).isEqualTo(FailureKind.ACTOR_DIED);
    assertThat(failure.getSerializedSize()).isLessThan(FAILURE_BYTES_MAX);
    assertThat(rig.thrown(failure)).isInstanceOf(MobulaException.class);
  }

  /** A result that misbehaves while its receiver decodes it. */
  private void atCaller(Misbehaviour misbehaviour) {
    byte[] bytes =
        rig.encode(new Misbehaviour.Hooked(misbehaviour, true)).getValue().getData().toByteArray();
    Class<? extends Throwable> expected =
        misbehaviour == Misbehaviour.LARGE_ALLOCATION
            ? OutOfMemoryError.class
            : SerializationException.class;
    assertThatThrownBy(() -> rig.runtime.values().decode(ValueKind.GRAPH.number(), bytes))
        .isInstanceOf(expected);
    Thread.interrupted();
  }

  private Failure assertFailed(TaskReply reply, Misbehaviour misbehaviour) {
    assertThat(reply.hasFailure()).as("failure of %s", misbehaviour).isTrue();
    assertThat(reply.getSerializedSize()).isLessThan(FAILURE_BYTES_MAX);
    MobulaException thrown = (MobulaException) rig.thrown(reply.getFailure());
    assertThat(thrown.toString()).isNotEmpty();
    return reply.getFailure();
  }

  @Test
  void shouldKeepWhatItCanOfAnExceptionThatIsTooLarge() throws InterruptedException {
    Unary<Misbehaviour, Integer> function = BoundaryTest::act;
    TaskReply reply = rig.run(rig.task(function, Misbehaviour.HOLDS_MUCH));
    assertThat(rig.thrown(reply.getFailure()))
        .isInstanceOf(TaskException.class)
        .cause()
        .hasMessageContaining("holding")
        .hasMessageContaining("too large to be sent")
        .hasMessageContaining("sizeBytes=671");
  }

  @Test
  void shouldSayThatAMessageWasCut() throws InterruptedException {
    Unary<Misbehaviour, Integer> function = BoundaryTest::act;
    TaskReply reply = rig.run(rig.task(function, Misbehaviour.SAYS_MUCH));
    assertThat(rig.thrown(reply.getFailure()))
        .cause()
        .hasMessageContaining("cut: chars=" + (20 << 20));
  }

  @Test
  void shouldEndTheProcessWhenItsHeapIsFull() {
    rig.hasRoom = false;
    Unary<Misbehaviour, Integer> function = BoundaryTest::act;
    rig.runner.run(rig.task(function, Misbehaviour.LARGE_ALLOCATION), null, true);
    assertThat(rig.ends).hasSize(1).first().isInstanceOf(OutOfMemoryError.class);
    rig.ends.clear();
  }

  @Test
  void shouldEndTheProcessWhenItCantReport() {
    Unary<Integer, Integer> function = BoundaryTest::twice;
    Execution execution = rig.task(function, 1);
    OutOfMemoryError full = new OutOfMemoryError("no room for a message");
    rig.mailbox.refuse(full);
    rig.runner.run(execution, null, true);
    assertThat(rig.ends).containsExactly(full);
    rig.ends.clear();
  }

  @Test
  void shouldSayThatTheHeapHasNoRoomForArgumentsWhenItHasNone() throws InterruptedException {
    Unary<Object, Integer> function = BoundaryTest::taken;
    Object large = new Misbehaviour.Hooked(Misbehaviour.LARGE_ALLOCATION, true);
    TaskReply reply = rig.run(rig.task(function, large));
    assertThat(rig.thrown(reply.getFailure()))
        .isInstanceOf(TaskException.class)
        .cause()
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("its arguments could not be decoded")
        .hasMessageContaining("maxHeapBytes=");
  }

  @Test
  void shouldNameTheTaskAndSayWhatToReturnWhenItsResultCantBeSent() throws InterruptedException {
    Unary<String, Object> function = name -> Thread.ofPlatform().name(name).unstarted(() -> {});
    Execution execution = rig.task(function, "result");
    TaskReply reply = rig.run(execution);
    assertThat(rig.thrown(reply.getFailure()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("result could not be encoded: task=" + execution.name())
        .hasMessageContaining("a thread belongs to its process")
        .hasMessageContaining("return what can be sent")
        .hasMessageNotContaining("inside the task");
  }

  @Test
  void shouldNameTheTaskWhenItsArgumentsCantBeRead() throws InterruptedException {
    Unary<Object, Integer> function = BoundaryTest::taken;
    Execution execution = rig.task(function, new Misbehaviour.Hooked(Misbehaviour.ERROR, true));
    TaskReply reply = rig.run(execution);
    assertThat(rig.thrown(reply.getFailure()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("arguments could not be decoded: task=" + execution.name())
        .hasMessageContaining("an error")
        .hasMessageNotContaining("return what can be sent");
  }

  @Test
  void shouldSayWhyAnExceptionDoesNotTellItsMessage() throws InterruptedException {
    Unary<Misbehaviour, Integer> function = BoundaryTest::act;
    TaskReply reply = rig.run(rig.task(function, Misbehaviour.UNTOLD));
    assertThat(rig.thrown(reply.getFailure()))
        .isInstanceOf(TaskException.class)
        .hasMessageContaining("getMessage failed: java.lang.IllegalStateException: no words")
        .hasMessageNotContaining("toString");
    assertThat(reply.getFailure().getExceptionMessage()).contains("no words");
  }

  @Test
  void shouldStandInForAnExceptionWhoseDescriptionFails() {
    IllegalStateException again = new IllegalStateException("the description fails");
    FailureEncoder failing =
        new FailureEncoder(
            UserRig.SELF,
            99,
            "host",
            new ThrowableCodec(rig.codec),
            rig.runtime.handles(),
            entry -> {
              throw again;
            });
    Boundary boundary = new Boundary(failing, new OutOfHeap(() -> true, rig.ends::add));
    Misbehaviour.STALE_REF.set(rig.runtime.put("held"));
    try {
      Failure failure =
          boundary.cross(
              "the task",
              progress -> {
                progress.reached(Boundary.Stage.METHOD);
                throw Misbehaviour.HOLDS_A_REF_OF_ANOTHER_SESSION.thrown();
              });
      assertThat(rig.thrown(Objects.requireNonNull(failure)))
          .isInstanceOf(TaskException.class)
          .hasMessageContaining("Holding")
          .hasMessageContaining(again.getClass().getName());
      assertThat(failure.getTaskName()).isEqualTo("the task");
    } finally {
      Misbehaviour.STALE_REF.set(null);
    }
  }

  @Test
  void shouldFailWhenTheMethodIsMissing() throws InterruptedException {
    FunctionDescriptor absent =
        FunctionDescriptor.newBuilder()
            .setClassName("com.example.Absent")
            .setMethodName("run")
            .setSignature("()V")
            .build();
    assertThat(rig.run(rig.taskOf(absent)).getFailure().getKind())
        .isEqualTo(FailureKind.DEFINITION);
  }

  /** Another session of this process, whose refs are refused here. */
  private static final class OtherSession implements AutoCloseable {
    private final UserRig rig = new UserRig();

    void makeStaleRef() {
      Misbehaviour.STALE_REF.set(rig.runtime.put("of another session"));
    }

    @Override
    public void close() {
      Misbehaviour.STALE_REF.set(null);
      rig.close();
    }
  }
}
