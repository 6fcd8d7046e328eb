package io.mobula.worker.user;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.SystemClock;
import io.mobula.api.ObjectRef;
import io.mobula.api.function.RemoteFunction;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.Executions;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.function.FunctionResolver;
import io.mobula.worker.function.RemoteMethod;
import io.mobula.worker.function.ResolvedFunction;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.OpenWaits;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.serialization.ThrowableCodec;
import io.mobula.worker.serialization.ValueCodec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The user threads' side of a process without a loop: what it would post is in {@link #mailbox},
 * and the test does what the loop would do.
 */
final class UserRig implements AutoCloseable {
  static final long SELF = ProcessAddress.of(1, 9);
  static final long OWNER = ProcessAddress.of(2, 1);
  static final long LEASE = 7;

  final ClassLoader loader = UserRig.class.getClassLoader();
  final RecordingMailbox mailbox = new RecordingMailbox();
  final OpenWaits open = new OpenWaits();
  final Mail mail = new Mail(mailbox, open);
  final Waiting waiting = new Waiting(mail, open);
  final ObjectTable table = new ObjectTable();
  final ValueCodec codec = new ValueCodec(loader);
  final ExecutorService futures = Executors.newVirtualThreadPerTaskExecutor();
  final ClusterRuntime runtime =
      new ClusterRuntime(
          new RuntimeIdentity(SELF, 1, "test", () -> null),
          table,
          waiting,
          codec,
          new StoreAccess(null, null, -1, mail),
          new CallSites(false),
          SystemClock.INSTANCE,
          futures,
          () -> {});

  /** What ended the process, if it were one. */
  final List<Throwable> ends = new CopyOnWriteArrayList<>();

  /** Whether the heap is taken to have room after an OutOfMemoryError. */
  volatile boolean hasRoom = true;

  final FailureEncoder failures =
      new FailureEncoder(
          SELF,
          99,
          "host",
          new ThrowableCodec(codec),
          runtime.handles(),
          runtime.values()::release);
  final Boundary boundary = new Boundary(failures, new OutOfHeap(() -> hasRoom, ends::add));
  final TaskRunner runner =
      new TaskRunner(
          runtime.values(),
          boundary,
          runtime.handles(),
          waiting.tasks(),
          mail,
          SystemClock.INSTANCE);
  final UserThreads threads =
      new UserThreads(
          runner,
          boundary,
          waiting.tasks(),
          mail,
          SystemClock.INSTANCE,
          new TaskThreads(loader, null));

  private final FunctionResolver functions = new FunctionResolver();
  private final AtomicLong lastSequence = new AtomicLong();

  /** A task of {@link #OWNER} on a lease. */
  Execution task(RemoteFunction function, @Nullable Object... arguments) {
    return execution(LEASE, function, arguments);
  }

  /** A call of the actor, whose method takes it first. */
  Execution call(RemoteFunction method, @Nullable Object... arguments) {
    return execution(0, method, arguments);
  }

  /** An actor's constructor. */
  Execution constructor(RemoteFunction function, @Nullable Object... arguments) {
    return execution(0, function, arguments);
  }

  /** A task whose method isn't there, or can't be made ready. */
  Execution taskOf(FunctionDescriptor method) {
    TaskSpec spec = TaskSpec.newBuilder().setSequence(lastSequence.incrementAndGet()).build();
    return Executions.queued(OWNER, LEASE, spec, new RemoteMethod(method, loader));
  }

  private Execution execution(long lease, RemoteFunction function, @Nullable Object[] arguments) {
    ResolvedFunction resolved = functions.resolve(function);
    List<TaskArgument> encoded = new java.util.ArrayList<>();
    for (Object argument : resolved.captured()) {
      encoded.add(encode(argument));
    }
    for (Object argument : arguments) {
      encoded.add(encode(argument));
    }
    return execution(lease, resolved, encoded);
  }

  private Execution execution(long lease, ResolvedFunction function, List<TaskArgument> encoded) {
    TaskSpec spec =
        TaskSpec.newBuilder()
            .setSequence(lastSequence.incrementAndGet())
            .addAllArguments(encoded)
            .build();
    return Executions.queued(
        OWNER, lease, spec, new RemoteMethod(function.target().descriptor(), loader));
  }

  TaskArgument encode(@Nullable Object argument) {
    Encoding encoding = codec.encode(argument, new ContainedReferences(runtime.handles()));
    return TaskArgument.newBuilder()
        .setValue(
            EncodedValue.newBuilder()
                .setKind(encoding.kind().number())
                .setData(ByteString.copyFrom(encoding.toByteArray())))
        .build();
  }

  /** Runs a task on this thread and takes its one answer. */
  TaskReply run(Execution execution) throws InterruptedException {
    return run(execution, null);
  }

  TaskReply run(Execution execution, @Nullable Object receiver) throws InterruptedException {
    runner.run(execution, receiver, execution.lease() != 0);
    return answer(execution);
  }

  /** Waits for the one answer of an execution. */
  TaskReply answer(Execution execution) throws InterruptedException {
    CoreMessage.Finished finished = mailbox.await(CoreMessage.Finished.class);
    if (finished.execution() != execution) {
      throw new AssertionError("the answer of another: " + finished.execution().name());
    }
    if (!mailbox.seen(CoreMessage.Finished.class).isEmpty()) {
      throw new AssertionError("more than one answer");
    }
    return finished.reply();
  }

  /** Waits until the actor's constructor is over. */
  @Nullable Failure constructed() throws InterruptedException {
    CoreMessage.Constructed constructed = mailbox.await(CoreMessage.Constructed.class);
    if (!mailbox.seen(CoreMessage.Constructed.class).isEmpty()) {
      throw new AssertionError("more than one answer");
    }
    return constructed.failure();
  }

  /** What the owner's program gets of an answer: its value, or the exception that get throws. */
  @Nullable Object received(TaskReply reply) {
    if (reply.hasFailure()) {
      throw thrown(reply.getFailure());
    }
    return codec.decode(
        reply.getValue().getKind(), reply.getValue().getData().toByteArray(), runtime.values());
  }

  RuntimeException thrown(Failure failure) {
    return FailureExceptions.toException(
        failure,
        failure.hasException() ? runtime.values().decodeThrown(failure.getException()) : null);
  }

  /** The id of a new object of this process. */
  ObjectKey nextKey() {
    return new ObjectKey(SELF, lastSequence.incrementAndGet());
  }

  /** What the program has of an object. */
  <T> ObjectRef<T> ref(ObjectEntry entry) {
    return table.newHandle(entry, runtime);
  }

  /** A slot's thread, as the loop has it. */
  TaskSlots.TaskQueue slot() {
    return threads.newSlot(LEASE);
  }

  static ObjectKey resultOf(Execution execution) {
    return new ObjectKey(OWNER, execution.spec().getSequence());
  }

  @Override
  public void close() {
    threads.close();
    futures.close();
  }
}
