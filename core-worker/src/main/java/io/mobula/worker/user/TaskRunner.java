package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.Clock;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskContext;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.serialization.Encoding;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code on a worker's thread: decodes the arguments, invokes, encodes the result, reports.
 * Thread-safe. What a throwable means, wherever it comes from, is {@link Boundary}'s to say.
 */
final class TaskRunner {
  private final ValueExchange values;
  private final Boundary boundary;
  private final OwnHandles handles;
  private final TaskWaits tasks;
  private final Mail mail;
  private final Clock clock;

  TaskRunner(
      ValueExchange values,
      Boundary boundary,
      OwnHandles handles,
      TaskWaits tasks,
      Mail mail,
      Clock clock) {
    this.values = values;
    this.boundary = boundary;
    this.handles = handles;
    this.tasks = tasks;
    this.mail = mail;
    this.clock = clock;
  }

  /**
   * Runs a task or call and reports it to the loop, by one {@link CoreMessage.Finished}; does
   * nothing if it was given back. Throws nothing.
   *
   * @return false if it ended its actor: nothing else may start
   */
  boolean run(Execution execution, @Nullable Object receiver, boolean isLeased) {
    boolean[] hasExited = new boolean[1];
    boundary.orEnd(() -> {
      if (execution.start(
          () -> mail.postUnlessClosed(new CoreMessage.ArgumentsWanted(execution)))) {
        if (isLeased) {
          tasks.run(execution.lease(), () -> report(finished(execution, receiver, true)));
        } else {
          hasExited[0] = report(finished(execution, receiver, false));
        }
      }
    });
    return !hasExited[0];
  }

  /** Whether it was the end of its actor: only exitActor makes that of a call. */
  private boolean report(CoreMessage.Finished finished) {
    mail.postUnlessClosed(finished);
    return finished.reply().getFailure().getKind() == FailureKind.ACTOR_DIED;
  }

  /**
   * Runs an actor's constructor and reports it to the loop, by one {@link CoreMessage.Constructed}.
   * Throws nothing.
   *
   * @param actor gets the actor before that
   */
  void construct(Execution constructor, Consumer<@Nullable Object> actor) {
    boundary.orEnd(() -> {
      TaskContext context = new TaskContext(null, false);
      Failure failure =
          boundary.cross(
              constructor.name(),
              progress -> {
                Object built = invoke(constructor, null, context, progress);
                if (built == null) {
                  // A factory is called as a constructor is, which can't do this.
                  throw new NullPointerException(
                      "the factory returned null: return the actor's object");
                }
                actor.accept(built);
              });
      mail.postUnlessClosed(new CoreMessage.Constructed(failure == null ? null : ofActor(failure)));
    });
  }

  private CoreMessage.Finished finished(
      Execution execution, @Nullable Object receiver, boolean isLeased) {
    ContainedReferences contained = new ContainedReferences(handles);
    TaskReply.Builder reply =
        TaskReply.newBuilder()
            .setSequence(execution.spec().getSequence())
            .setAttempt(execution.spec().getAttempt());
    long startNanos = clock.nanoTime();
    Failure failure =
        boundary.cross(
            execution.name(),
            progress -> {
              TaskContext context = new TaskContext(execution, isLeased);
              Object result = invoke(execution, receiver, context, progress);
              reply.setRunNanos(clock.nanoTime() - startNanos);
              progress.reached(Boundary.Stage.RESULT);
              setResult(execution, result, contained, reply);
            });
    if (failure == null) {
      return new CoreMessage.Finished(execution, reply.build(), contained.entries());
    }
    // What a result that was not sent held is let go where it was encoded.
    return new CoreMessage.Finished(execution, reply.setFailure(failure).build(), List.of());
  }

  /** A constructor that threw leaves no actor. */
  private static Failure ofActor(Failure failure) {
    return failure.getKind() == FailureKind.TASK_FAILED
        ? failure.toBuilder()
            .setKind(FailureKind.ACTOR_DIED)
            .setMessage("the actor's constructor threw " + failure.getMessage())
            .build()
        : failure;
  }

  private @Nullable Object invoke(
      Execution execution,
      @Nullable Object receiver,
      TaskContext context,
      Boundary.Progress progress)
      throws Throwable {
    MethodHandle handle = execution.method().handle();
    if (handle.type().parameterCount() != 1) {
      throw new IllegalStateException("not a spreader: " + handle);
    }
    progress.reached(Boundary.Stage.ARGUMENTS);
    @Nullable Object[] arguments = arguments(execution, receiver);
    if (execution.spec().getArgumentsList().stream().anyMatch(TaskArgument::hasStored)) {
      // Views keep what they need; memory of the rest is free for the result.
      mail.postUnlessClosed(new CoreMessage.ArgumentsRead(execution));
    }
    progress.reached(Boundary.Stage.METHOD);
    execution.method().checkArguments(arguments);
    return ScopedValue.where(TaskContext.CURRENT, context)
        .call(() -> (Object) handle.invokeExact(arguments));
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

  /** The references inside are the reply's if this returns, and let go if it throws. */
  private void setResult(
      Execution execution,
      @Nullable Object result,
      ContainedReferences contained,
      TaskReply.Builder reply) {
    Encoding encoded = values.encode(result, contained);
    boolean isSet = false;
    try {
      if (ValueExchange.isInline(encoded)) {
        EncodedValue.Builder value =
            EncodedValue.newBuilder()
                .setKind(encoded.kind().number())
                .setData(UnsafeByteOperations.unsafeWrap(encoded.toByteArray()));
        contained.entries().forEach(entry -> value.addReferences(entry.key().toProto()));
        reply.setValue(value);
      } else {
        Outcome.Stored stored =
            values.storeResult(
                new ObjectKey(execution.owner(), execution.spec().getSequence()),
                execution.spec().getAttempt(),
                encoded,
                contained.entries(),
                CallSites.ofTask(execution.name()));
        reply.setStored(stored.object());
      }
      isSet = true;
    } finally {
      if (!isSet) {
        contained.entries().forEach(values::release);
      }
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
}
