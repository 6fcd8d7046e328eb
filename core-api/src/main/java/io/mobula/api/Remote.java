package io.mobula.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method as a task, or a class as an actor, and gives its options. The annotation is
 * what options start from; {@code options(…)} changes them for single calls. Every option here is
 * an option there, with the same name and meaning.
 *
 * <p>With the annotation processor on the class path, what can't be remote is a compile error, and
 * typed stubs are generated.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Remote {
  /** The value of {@link #numCpus} that stands for "not set". */
  double CPUS_NOT_SET = -1;

  /**
   * CPUs that the task takes while it runs, or that the actor takes while it lives; may be
   * fractional below one.
   *
   * @return the CPUs; if not set, 1 for a task and 0 for an actor
   */
  double numCpus() default CPUS_NOT_SET;

  /**
   * Memory to reserve, in bytes.
   *
   * @return the bytes; 0 reserves nothing
   */
  long memoryBytes() default 0;

  /**
   * Custom resources, as nodes were started with.
   *
   * @return the resources
   */
  Resource[] resources() default {};

  /**
   * The name of the task in logs and listings, or the name by which {@link Mobula#getActor(String)}
   * finds the actor.
   *
   * @return the name; empty if it has none: a task then has its method's
   */
  String name() default "";

  /**
   * For tasks: how often to run again if the worker or its node dies; −1 for no limit. An exception
   * of the method itself is no reason to retry.
   *
   * <p>If several tasks were running in a worker that died, it is not known which of them ended it.
   * None is charged, and each runs again in a process of its own; so a task may run once more than
   * its retries say, but never twice if they are 0.
   *
   * @return the retries
   */
  int maxRetries() default TaskOptions.MAX_RETRIES_DEFAULT;

  /**
   * For tasks: which process to run in.
   *
   * @return the isolation
   */
  Isolation isolation() default Isolation.SHARED;

  /**
   * For actors: the namespace of the name.
   *
   * @return the namespace; empty for the job's
   */
  String namespace() default "";

  /**
   * For actors: how often to start again, with the constructor's arguments, when the process or its
   * node dies; −1 for no limit.
   *
   * @return the restarts
   */
  int maxRestarts() default 0;

  /**
   * For actors: how often to repeat a call that was lost as the actor died or could not be reached;
   * −1 for no limit.
   *
   * @return the retries of one call
   */
  int maxTaskRetries() default 0;

  /**
   * For actors: how many methods may run at the same time. With 1, the actor needs no
   * synchronization.
   *
   * @return the limit, at least 1
   */
  int maxConcurrency() default ActorOptions.MAX_CONCURRENCY_DEFAULT;
}
