package io.mobula.api.spi;

import io.mobula.api.ActorHandle;
import io.mobula.api.Arg;
import io.mobula.api.CallOptions;
import io.mobula.api.ObjectRef;
import io.mobula.api.function.NamedFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stubs call that the annotation processor generates. Each operation takes all values, or
 * all {@link Arg}s.
 */
public final class Stubs {
  private Stubs() {}

  /**
   * Names a task.
   *
   * @param declaringClass the class that declares the method
   * @param name the method's name
   * @param parameterTypes its erased parameter types
   * @return the task, without options
   */
  public static RemoteCallable<TaskOverrides> task(
      Class<?> declaringClass, String name, Class<?>... parameterTypes) {
    return new RemoteCallable<>(
        new NamedFunction(declaringClass, name, List.of(parameterTypes)), TaskOverrides.NONE);
  }

  /**
   * Names a constructor of an actor.
   *
   * @param actorClass the actor's class
   * @param parameterTypes the constructor's erased parameter types
   * @return the constructor
   */
  public static NamedFunction constructor(Class<?> actorClass, Class<?>... parameterTypes) {
    return new NamedFunction(actorClass, NamedFunction.CONSTRUCTOR, List.of(parameterTypes));
  }

  /**
   * Names a method of an actor.
   *
   * @param declaringClass the class that declares the method: the actor's or one above it
   * @param name the method's name
   * @param parameterTypes its erased parameter types
   * @return the method, without options
   */
  public static RemoteCallable<CallOptions> method(
      Class<?> declaringClass, String name, Class<?>... parameterTypes) {
    return new RemoteCallable<>(
        new NamedFunction(declaringClass, name, List.of(parameterTypes)), CallOptions.NONE);
  }

  /**
   * Submits a task with values.
   *
   * @param task the task
   * @param values the arguments
   * @param <R> the type of the result
   * @return the future result
   */
  public static <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object... values) {
    return RuntimeHolder.current().submit(task, values, 0);
  }

  /**
   * Submits a task with values and refs.
   *
   * @param task the task
   * @param arguments the arguments
   * @param <R> the type of the result
   * @return the future result
   */
  public static <R extends @Nullable Object> ObjectRef<R> submitArgs(
      RemoteCallable<TaskOverrides> task, Arg<?>... arguments) {
    return RuntimeHolder.current().submit(task, valuesAndRefs(arguments), refMask(arguments));
  }

  /**
   * Creates an actor with values.
   *
   * @param constructor the constructor
   * @param options what was set
   * @param values the arguments
   * @param <T> the actor's class
   * @return a handle
   */
  public static <T> ActorHandle<T> create(
      NamedFunction constructor, ActorOverrides options, @Nullable Object... values) {
    return RuntimeHolder.current()
        .createActor(new RemoteCallable<>(constructor, options), values, 0);
  }

  /**
   * Creates an actor with values and refs.
   *
   * @param constructor the constructor
   * @param options what was set
   * @param arguments the arguments
   * @param <T> the actor's class
   * @return a handle
   */
  public static <T> ActorHandle<T> createArgs(
      NamedFunction constructor, ActorOverrides options, Arg<?>... arguments) {
    return RuntimeHolder.current()
        .createActor(
            new RemoteCallable<>(constructor, options),
            valuesAndRefs(arguments),
            refMask(arguments));
  }

  /**
   * Calls a method of an actor with values.
   *
   * @param actor the actor
   * @param method the method
   * @param values the arguments
   * @param <R> the type of the result
   * @return the future result
   */
  public static <R extends @Nullable Object> ObjectRef<R> call(
      ActorHandle<?> actor, RemoteCallable<CallOptions> method, @Nullable Object... values) {
    return RuntimeHolder.current().callActor(actor, method, values, 0);
  }

  /**
   * Calls a method of an actor with values and refs.
   *
   * @param actor the actor
   * @param method the method
   * @param arguments the arguments
   * @param <R> the type of the result
   * @return the future result
   */
  public static <R extends @Nullable Object> ObjectRef<R> callArgs(
      ActorHandle<?> actor, RemoteCallable<CallOptions> method, Arg<?>... arguments) {
    return RuntimeHolder.current()
        .callActor(actor, method, valuesAndRefs(arguments), refMask(arguments));
  }

  private static @Nullable Object[] valuesAndRefs(Arg<?>[] arguments) {
    @Nullable Object[] unwrapped = new @Nullable Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      unwrapped[i] =
          switch (arguments[i]) {
            case Arg.Value<?> value -> value.value();
            case ObjectRef<?> ref -> ref;
            case null ->
                throw new NullPointerException(
                    "argument " + (i + 1) + " is null: for a null value, give Arg.of(null)");
          };
    }
    return unwrapped;
  }

  private static int refMask(Arg<?>[] arguments) {
    int refMask = 0;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof ObjectRef) {
        refMask |= 1 << i;
      }
    }
    return refMask;
  }
}
