package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.Clock;
import io.mobula.api.ActorHandle;
import io.mobula.api.ActorOptions;
import io.mobula.api.CallOptions;
import io.mobula.api.ClusterNode;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.RuntimeContext;
import io.mobula.api.SessionClosedException;
import io.mobula.api.TaskOptions;
import io.mobula.api.WaitResult;
import io.mobula.api.function.RemoteFunction;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RemoteCallable;
import io.mobula.api.spi.TaskOverrides;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FindActor;
import io.mobula.proto.KillActor;
import io.mobula.proto.Packet;
import io.mobula.worker.actor.ActorReference;
import io.mobula.worker.execute.TaskContext;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.function.FunctionResolver;
import io.mobula.worker.function.ResolvedFunction;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.Rendezvous;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectRefHandle;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.ReferenceUse;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.serialization.ValueCodec;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The API on a cluster: what {@code Mobula}'s methods do in a driver or worker. Thread-safe; runs
 * on user threads and talks to the loop by messages.
 */
public final class ClusterRuntime implements MobulaRuntime, ReferenceUse, ActorReference.ActorUse {
  private final RuntimeIdentity identity;
  private final ObjectTable table;
  private final Mail mail;
  private final FunctionResolver functions = new FunctionResolver();
  private final Waiting waiting;
  private final Runnable onClose;
  private final OwnHandles handles = new OwnHandles(this, this);
  private final ValueExchange values;
  private final Submission submission;
  private final ObjectWaits waits;
  private final RefWaits refWaits;
  private final UserFutures futures;
  private final ClusterQueries queries;
  private volatile boolean isClosed;

  /**
   * A task's options, found once and kept with it. A task may be a constant of the program, and
   * outlive this session: another one must not take this session's numbers for its own.
   */
  private record TaskPlan(
      FunctionResolver session,
      ResolvedFunction function,
      SchedulingClass schedulingClass,
      String name,
      int maxRetries) {}

  /** A prepared call's method, found once and kept with it, as a task's. */
  private record CallPlan(FunctionResolver session, ResolvedFunction function) {}

  /**
   * @param store where large values are
   * @param callSites notes what makes an object
   * @param futureThreads complete the users' futures: never the loop's thread
   * @param onClose ends what carries this runtime
   */
  ClusterRuntime(
      RuntimeIdentity identity,
      ObjectTable table,
      Waiting waiting,
      ValueCodec codec,
      StoreAccess store,
      CallSites callSites,
      Clock clock,
      Executor futureThreads,
      Runnable onClose) {
    this.identity = identity;
    this.table = table;
    this.mail = waiting.mail();
    this.waiting = waiting;
    this.onClose = onClose;
    this.values = new ValueExchange(identity.self(), codec, table, store, waiting, this, this);
    this.submission = new Submission(identity.self(), table, values, callSites, handles);
    this.waits = new ObjectWaits(identity.self(), values, waiting, clock);
    this.refWaits = new RefWaits(waits, waiting, handles, clock);
    this.futures =
        new UserFutures(entry -> get(entry, null), waits, values, waiting, futureThreads);
    this.queries = new ClusterQueries(waiting);
  }

  /** The runtime that made this ref; null if none did. */
  public static @Nullable ClusterRuntime of(ObjectRef<?> ref) {
    return ref instanceof ObjectRefHandle<?> handle
            && handle.use() instanceof ClusterRuntime runtime
        ? runtime
        : null;
  }

  /** The runtime that made this handle; null if none did. */
  public static @Nullable ClusterRuntime of(ActorHandle<?> handle) {
    return handle instanceof ActorReference<?> reference
            && reference.use() instanceof ClusterRuntime runtime
        ? runtime
        : null;
  }

  /** Whether it has not been closed. */
  boolean isOpen() {
    return !isClosed;
  }

  /** Between values and bytes, also for the threads that run tasks. */
  ValueExchange values() {
    return values;
  }

  /** What is behind this session's refs and handles, also for the threads that run tasks. */
  OwnHandles handles() {
    return handles;
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object[] arguments, int refMask) {
    checkOpen();
    TaskPlan plan = plan(task);
    PendingTask pending = prepared(plan.function, plan.name, plan.maxRetries, arguments, refMask);
    ObjectRefHandle<R> handle = table.newHandle(pending.result(), this);
    mail.post(new CoreMessage.Submit(pending, plan.schedulingClass));
    return handle;
  }

  @Override
  public <T> ActorHandle<T> createActor(
      RemoteCallable<ActorOverrides> constructor, @Nullable Object[] arguments, int refMask) {
    checkOpen();
    ResolvedFunction function = functions.resolve(constructor.function());
    ActorOptions options =
        ActorOptions.merge(function.target().annotation(), constructor.options());
    String className = function.target().displayName();
    PendingTask pending = prepared(function, "new " + className, 0, arguments, refMask);
    // Nobody gets a reference to the constructor's result.
    values.release(pending.result());
    ObjectKey id = submission.nextKey();
    ActorSpec spec = ActorSpecs.spec(id, identity, function.target(), options);
    Rendezvous<Failure> answer = options.name() == null ? null : new Rendezvous<>();
    CoreMessage.CreateActor order = new CoreMessage.CreateActor(spec, pending, answer);
    if (answer == null) {
      mail.post(order);
    } else {
      awaitRegistration(id, order, answer, className);
    }
    return new ActorReference<>(id, ActorSpecs.description(spec), options.maxTaskRetries(), this);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor, RemoteFunction method, @Nullable Object[] arguments, int refMask) {
    return call(actor, functions.resolve(method), null, arguments, refMask);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor,
      RemoteCallable<CallOptions> method,
      @Nullable Object[] arguments,
      int refMask) {
    ResolvedFunction resolved;
    if (method.resolved() instanceof CallPlan known && known.session == functions) {
      resolved = known.function;
    } else {
      resolved = functions.resolve(method.function());
      method.setResolved(new CallPlan(functions, resolved));
    }
    return call(actor, resolved, method.options().name(), arguments, refMask);
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    checkOpen();
    mail.requireOpen();
    ContainedReferences contained = new ContainedReferences(handles);
    Encoding encoded = values.encode(value, contained);
    try {
      return table.newHandle(submission.put(encoded, contained.entries()), this);
    } catch (IllegalStateException e) {
      throw closedMeanwhile(e);
    }
  }

  @Override
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, @Nullable Duration timeout) {
    checkOpen();
    try {
      ObjectWaits.Deadline deadline = waits.deadline(timeout);
      List<ObjectEntry> pending = new ArrayList<>();
      for (ObjectRef<?> ref : refs) {
        ObjectEntry entry = handles.entry(ref);
        if (!entry.isReady()) {
          pending.add(entry);
        }
      }
      ObjectEntry failed = firstFailed(refs);
      if (failed == null && !pending.isEmpty()) {
        waits.awaitAllOrFailed(pending, deadline);
        failed = firstFailed(refs);
      }
      if (failed != null) {
        // Throws what it failed with; the others are not waited for.
        waits.get(failed, deadline);
      }
      List<T> results = new ArrayList<>(refs.size());
      for (ObjectRef<? extends T> ref : refs) {
        results.add(this.<T>cast(waits.get(handles.entry(ref), deadline)));
      }
      return results;
    } catch (IllegalStateException e) {
      throw closedMeanwhile(e);
    } finally {
      Reference.reachabilityFence(refs);
    }
  }

  private @Nullable ObjectEntry firstFailed(List<? extends ObjectRef<?>> refs) {
    for (ObjectRef<?> ref : refs) {
      ObjectEntry entry = handles.entry(ref);
      if (entry.outcome() instanceof Outcome.Failed) {
        return entry;
      }
    }
    return null;
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount, @Nullable Duration timeout) {
    checkOpen();
    return refWaits.await(refs, readyCount, waits.deadline(timeout));
  }

  @Override
  public <T> Optional<ActorHandle<T>> getActor(String name, @Nullable String namespace) {
    checkOpen();
    String space = namespace == null ? identity.namespace() : namespace;
    Packet answer =
        queries.ask(
            ProcessAddress.GCS,
            Packet.newBuilder()
                .setFindActor(FindActor.newBuilder().setName(name).setNamespace(space)),
            "the actor: name=" + name);
    if (answer.hasRefusal()) {
      Failure failure = answer.getRefusal().getFailure();
      if (failure.getKind() == FailureKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw FailureExceptions.toException(failure, null);
    }
    return Optional.of(
        new ActorReference<>(
            ObjectKey.of(answer.getActorState().getId()),
            ActorSpecs.description(answer.getActorState()),
            answer.getActorState().getMaxTaskRetries(),
            this));
  }

  @Override
  public void kill(ObjectKey actor, boolean allowRestart) {
    checkOpen();
    tellToKill(actor, allowRestart);
  }

  private void tellToKill(ObjectKey actor, boolean allowRestart) {
    mail.post(
        new CoreMessage.Tell(
            ProcessAddress.GCS,
            Packet.newBuilder()
                .setKillActor(
                    KillActor.newBuilder().setId(actor.toProto()).setAllowRestart(allowRestart))));
  }

  @Override
  public void exitActor() {
    if (identity.actor() == null) {
      throw new MobulaException(
          ErrorCode.WRONG_PROCESS,
          "exitActor called outside an actor: call it in an actor's method, or use"
              + " ActorHandle.kill()");
    }
    mail.post(new CoreMessage.ActorExit());
    throw new TaskRunner.ExitRequest();
  }

  @Override
  public RuntimeContext context() {
    return RuntimeContexts.of(
        identity, TaskContext.CURRENT.isBound() ? TaskContext.CURRENT.get() : null);
  }

  @Override
  public List<ClusterNode> nodes() {
    return queries.nodes();
  }

  @Override
  public Map<String, Double> clusterResources() {
    return queries.total();
  }

  @Override
  public Map<String, Double> availableResources() {
    return queries.available();
  }

  @Override
  public void close() {
    isClosed = true;
    onClose.run();
  }

  @Override
  public @Nullable Object get(ObjectEntry entry, @Nullable Duration timeout) {
    checkOpen();
    try {
      return waits.get(entry, waits.deadline(timeout));
    } catch (IllegalStateException e) {
      throw closedMeanwhile(e);
    }
  }

  @Override
  public void free(ObjectEntry entry) {
    checkOpen();
    Rendezvous<Boolean> done = new Rendezvous<>();
    try {
      waiting.ask(new CoreMessage.Free(entry, done), done);
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted("the object to be freed: object=" + entry.key());
    }
  }

  @Override
  public CompletableFuture<@Nullable Object> future(ObjectEntry entry) {
    try {
      checkOpen();
      return futures.of(entry);
    } catch (SessionClosedException e) {
      // A chain of stages hears of it where it hears of every other failure.
      return UserFutures.failed(e);
    }
  }

  private <R extends @Nullable Object> ObjectRef<R> call(
      ActorHandle<?> actor,
      ResolvedFunction function,
      @Nullable String name,
      @Nullable Object[] arguments,
      int refMask) {
    checkOpen();
    ActorReference<?> reference = handles.actor(actor);
    PendingTask pending =
        prepared(
            function,
            name == null ? function.target().displayName() : name,
            reference.maxTaskRetries(),
            arguments,
            refMask);
    ObjectRefHandle<R> handle = table.newHandle(pending.result(), this);
    mail.post(new CoreMessage.CallActor(reference.key(), reference.description(), pending));
    return handle;
  }

  /** The task with its arguments, which may have gone to the store. */
  private PendingTask prepared(
      ResolvedFunction function,
      String name,
      int maxRetries,
      @Nullable Object[] arguments,
      int refMask) {
    try {
      return submission.task(function, name, maxRetries, arguments, refMask);
    } catch (IllegalStateException e) {
      throw closedMeanwhile(e);
    }
  }

  private TaskPlan plan(RemoteCallable<TaskOverrides> task) {
    if (task.resolved() instanceof TaskPlan known && known.session == functions) {
      return known;
    }
    ResolvedFunction function = functions.resolve(task.function());
    TaskOptions options = TaskOptions.merge(function.target().annotation(), task.options());
    TaskPlan plan =
        new TaskPlan(
            functions,
            function,
            ActorSpecs.schedulingClass(options),
            options.name() == null ? function.target().displayName() : options.name(),
            options.maxRetries());
    task.setResolved(plan);
    return plan;
  }

  private void awaitRegistration(
      ObjectKey id, CoreMessage.CreateActor order, Rendezvous<Failure> answer, String className) {
    Failure failure;
    try {
      failure = waiting.ask(order, answer);
    } catch (InterruptedException e) {
      // Nobody will have a handle to it: it goes, also if it is registered only now.
      Failure late = answer.abandon();
      if (late != null && late.getKind() == FailureKind.FAILURE_KIND_UNSPECIFIED) {
        tellToKill(id, false);
      }
      throw ValueExchange.interrupted("the actor's registration: class=" + className);
    }
    if (failure.getKind() != FailureKind.FAILURE_KIND_UNSPECIFIED) {
      throw FailureExceptions.toException(failure, null);
    }
  }

  /** Also for what the program has kept for longer than the session. */
  private void checkOpen() {
    if (isClosed) {
      throw new SessionClosedException(
          "the session is closed: call Mobula.init() again, and make refs and handles anew, since"
              + " those of a closed session are of no use any more");
    }
  }

  /** A thread that reads or writes the store's memory while that is closed finds it gone. */
  private RuntimeException closedMeanwhile(IllegalStateException e) {
    return isClosed
        ? new SessionClosedException("the session was closed while the call was under way", e)
        : e;
  }

  // The reference's type is the caller's promise, as in any future; null only if T admits it.
  @SuppressWarnings({"unchecked", "NullAway"})
  private <T extends @Nullable Object> T cast(@Nullable Object value) {
    return (T) value;
  }
}
