package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.Clock;
import io.mobula.api.MobulaException;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskContext;
import io.mobula.worker.function.RemoteMethod.DefinitionProblem;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.serialization.Encoding;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code on a worker's thread: decodes the arguments, invokes, encodes the result, reports.
 * Thread-safe. The user-code boundary: whatever the code throws becomes a failure, once, here.
 */
final class TaskRunner {
  private final ValueExchange values;
  private final FailureEncoder failures;
  private final OwnHandles handles;
  private final Mail mail;
  private final Clock clock;

  TaskRunner(
      ValueExchange values, FailureEncoder failures, OwnHandles handles, Mail mail, Clock clock) {
    this.values = values;
    this.failures = failures;
    this.handles = handles;
    this.mail = mail;
    this.clock = clock;
  }

  /**
   * Runs a task or call, unless it was given back, and reports it to the loop. Throws nothing.
   *
   * @return false if it ended its actor: nothing else may start
   */
  boolean run(Execution execution, @Nullable Object receiver, boolean isLeased) {
    if (!execution.start(() -> mail.postUnlessClosed(new CoreMessage.ArgumentsWanted(execution)))) {
      return true;
    }
    boolean goesOn = true;
    ContainedReferences contained = new ContainedReferences(handles);
    TaskReply.Builder reply =
        TaskReply.newBuilder()
            .setSequence(execution.spec().getSequence())
            .setAttempt(execution.spec().getAttempt());
    long startNanos = clock.nanoTime();
    try {
      Object result = invoke(execution, receiver, new TaskContext(execution, isLeased));
      reply.setRunNanos(clock.nanoTime() - startNanos);
      setResult(execution, result, contained, reply);
    } catch (DefinitionProblem e) {
      reply.setFailure(failures.describe(FailureKind.DEFINITION, e.getMessage(), execution.name()));
    } catch (ExitRequest e) {
      goesOn = false;
      reply.setFailure(failures.describe(FailureKind.ACTOR_DIED, e.getMessage(), execution.name()));
    } catch (UserCodeException e) {
      reply.setFailure(failures.encode(e.getCause(), execution.name()));
    } catch (MobulaException e) {
      reply.setFailure(failures.encodeOwn(e, execution.name()));
    } catch (InterruptedException e) {
      reply.setFailure(
          failures.describe(
              FailureKind.TASK_FAILED, "interrupted while storing the result", execution.name()));
    }
    mail.postUnlessClosed(
        new CoreMessage.Finished(
            execution,
            reply.build(),
            reply.hasFailure() ? List.<ObjectEntry>of() : contained.entries()));
    return goesOn;
  }

  /** Runs an actor's constructor; null if it is alive now. */
  @Nullable Object invoke(Execution execution, @Nullable Object receiver, TaskContext context)
      throws DefinitionProblem, UserCodeException {
    @Nullable Object[] arguments = arguments(execution, receiver);
    if (execution.spec().getArgumentsList().stream().anyMatch(TaskArgument::hasStored)) {
      // Views keep what they need; memory of the rest is free for the result.
      mail.postUnlessClosed(new CoreMessage.ArgumentsRead(execution));
    }
    MethodHandle handle = execution.method().handle();
    if (handle.type().parameterCount() != 1) {
      throw new IllegalStateException("not a spreader: " + handle);
    }
    try {
      execution.method().checkArguments(arguments);
    } catch (IllegalArgumentException e) {
      throw new UserCodeException(e);
    }
    return call(handle, arguments, context);
  }

  private static @Nullable Object call(
      MethodHandle handle, @Nullable Object[] arguments, TaskContext context)
      throws UserCodeException {
    try {
      return ScopedValue.where(TaskContext.CURRENT, context)
          .call(() -> (Object) handle.invokeExact(arguments));
    } catch (ExitRequest e) {
      throw e;
    } catch (Throwable e) {
      throw new UserCodeException(e);
    }
  }

  private @Nullable Object[] arguments(Execution execution, @Nullable Object receiver) {
    List<TaskArgument> encoded = execution.spec().getArgumentsList();
    int shift = receiver == null ? 0 : 1;
    @Nullable Object[] arguments = new @Nullable Object[encoded.size() + shift];
    if (receiver != null) {
      arguments[0] = receiver;
    }
    for (int i = 0; i < encoded.size(); i++) {
      arguments[i + shift] = decode(execution, i, encoded.get(i));
    }
    return arguments;
  }

  private @Nullable Object decode(Execution execution, int position, TaskArgument argument) {
    if (argument.hasValue()) {
      EncodedValue value = argument.getValue();
      return values.decode(value.getKind(), value.getData().toByteArray());
    }
    MappedObject mapping = execution.mappings()[position];
    if (mapping == null || !mapping.tryUse()) {
      throw new IllegalStateException("argument not mapped: task=" + execution.name());
    }
    StoredObject stored = argument.getStored();
    return values.decode(ObjectKey.of(stored.getId()), stored.getKind(), mapping);
  }

  private void setResult(
      Execution execution,
      @Nullable Object result,
      ContainedReferences contained,
      TaskReply.Builder reply)
      throws InterruptedException {
    Encoding encoded = values.encode(result, contained);
    if (ValueExchange.isInline(encoded)) {
      EncodedValue.Builder value =
          EncodedValue.newBuilder()
              .setKind(encoded.kind().number())
              .setData(UnsafeByteOperations.unsafeWrap(encoded.toByteArray()));
      contained.entries().forEach(entry -> value.addReferences(entry.key().toProto()));
      reply.setValue(value);
      return;
    }
    ObjectKey key = new ObjectKey(execution.owner(), execution.spec().getSequence());
    boolean isStored = false;
    try {
      Outcome.Stored stored =
          values.store(
              key,
              execution.spec().getAttempt(),
              encoded,
              contained.entries(),
              CallSites.ofTask(execution.name()));
      reply.setStored(stored.object());
      isStored = true;
    } finally {
      if (!isStored) {
        contained.entries().forEach(values::release);
      }
    }
  }

  /** What user code threw. */
  static final class UserCodeException extends Exception {
    private static final long serialVersionUID = 1L;

    UserCodeException(Throwable cause) {
      super(cause);
    }

    @Override
    public synchronized Throwable getCause() {
      Throwable cause = super.getCause();
      return cause == null ? this : cause;
    }
  }

  /**
   * Thrown through user code by {@code Mobula.exitActor()}. An Error, so that code that catches
   * Exception lets it pass.
   */
  static final class ExitRequest extends Error {
    private static final long serialVersionUID = 1L;

    ExitRequest() {
      super("the actor has exited: it called exitActor", null, false, false);
    }
  }

  /** The description of a failure for a reply made elsewhere. */
  Failure encode(Throwable failure, String taskName) {
    return failures.encode(failure, taskName);
  }
}
