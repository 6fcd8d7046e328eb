package io.mobula.api;

import io.mobula.api.function.RemoteFunction;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.RemoteCallable;
import io.mobula.api.spi.RuntimeHolder;
import io.mobula.api.spi.TaskOverrides;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the generated overloads do: check refs, and hand over to the runtime of this process. On the
 * path of every call, so it allocates nothing.
 */
final class Invocation {
  static final @Nullable Object[] NO_ARGUMENTS = {};

  private Invocation() {}

  static <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object[] arguments, int refMask) {
    checkRefs(arguments, refMask);
    return RuntimeHolder.current().submit(task, arguments, refMask);
  }

  static <T> ActorHandle<T> create(
      RemoteCallable<ActorOverrides> constructor, @Nullable Object[] arguments, int refMask) {
    checkRefs(arguments, refMask);
    return RuntimeHolder.current().createActor(constructor, arguments, refMask);
  }

  static <R extends @Nullable Object> ObjectRef<R> call(
      ActorCalls<?> actor, RemoteFunction method, @Nullable Object[] arguments, int refMask) {
    checkRefs(arguments, refMask);
    return RuntimeHolder.current().callActor(handle(actor), method, arguments, refMask);
  }

  static <R extends @Nullable Object> ObjectRef<R> call(
      ActorHandle<?> actor,
      RemoteCallable<CallOptions> method,
      @Nullable Object[] arguments,
      int refMask) {
    checkRefs(arguments, refMask);
    return RuntimeHolder.current().callActor(actor, method, arguments, refMask);
  }

  static ActorHandle<?> handle(ActorCalls<?> actor) {
    return (ActorHandle<?>) actor;
  }

  static RemoteCallable<TaskOverrides> withTaskOverrides(
      RemoteCallable<TaskOverrides> task, Consumer<? super TaskOptions.Builder> change) {
    TaskOptions.Builder builder = new TaskOptions.Builder(task.options());
    change.accept(builder);
    return new RemoteCallable<>(task.function(), builder.build());
  }

  static RemoteCallable<ActorOverrides> withActorOverrides(
      RemoteCallable<ActorOverrides> constructor, Consumer<? super ActorOptions.Builder> change) {
    return new RemoteCallable<>(
        constructor.function(), ActorOptions.overrides(constructor.options(), change));
  }

  static RemoteCallable<CallOptions> withCallOptions(
      RemoteCallable<CallOptions> method, Consumer<? super CallOptions.Builder> change) {
    CallOptions.Builder builder = new CallOptions.Builder(method.options());
    change.accept(builder);
    return new RemoteCallable<>(method.function(), builder.build());
  }

  /**
   * A literal {@code null} binds to a ref overload if the parameter is declared {@code Object}: say
   * so rather than fail later.
   */
  private static void checkRefs(@Nullable Object[] arguments, int refMask) {
    for (int rest = refMask; rest != 0; rest &= rest - 1) {
      int index = Integer.numberOfTrailingZeros(rest);
      if (arguments[index] == null) {
        throw new NullPointerException(
            "argument " + (index + 1) + " is a null ref: for a null value, cast it: (Object) null");
      }
    }
  }
}
