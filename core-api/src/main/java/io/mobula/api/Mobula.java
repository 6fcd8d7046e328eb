package io.mobula.api;

import io.mobula.api.spi.DistinctRefs;
import io.mobula.api.spi.RuntimeHolder;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way in: sessions, tasks, actors, objects, and facts about the cluster.
 *
 * <pre>{@code
 * static int square(int x) { return x * x; }
 *
 * static final Task1<Integer, Integer> SQUARE = Mobula.task(App::square);
 *
 * try (var session = Mobula.init()) {
 *   ObjectRef<Integer> four = SQUARE.remote(2);
 *   ObjectRef<Integer> sixteen = SQUARE.remote(four);
 *   System.out.println(sixteen.get());
 * }
 * }</pre>
 *
 * <p>Making tasks and actor classes ({@code task}, {@code actor}) needs no session, so they may be
 * constants. Everything else does, in a driver. In tasks and actors everything works without {@code
 * init}. All methods may be called from any thread.
 */
public final class Mobula extends RemoteFactories {
  private Mobula() {}

  /**
   * Joins the cluster that {@code MOBULA_ADDRESS} names, or else starts one: its head inside this
   * process, its workers beside it.
   *
   * @return the session, to be closed
   * @throws MobulaException if this process has a session, or none can be had
   */
  public static Session init() {
    return init(options -> {});
  }

  /**
   * Joins or starts a cluster as the options say.
   *
   * @param change sets options on the builder that it is given
   * @return the session, to be closed
   * @throws MobulaException if an option is refused, this process has a session, or none can be had
   */
  public static Session init(Consumer<? super InitOptions.Builder> change) {
    return new Session(RuntimeHolder.connect(InitOptions.of(change)));
  }

  /**
   * Ends the session of this process, as {@link Session#close} does. Does nothing if there is none.
   *
   * @throws MobulaException in a task or actor
   */
  public static void shutdown() {
    RuntimeHolder.shutdown();
  }

  /**
   * Whether this process can use the cluster.
   *
   * @return true in a driver with a session, and in tasks and actors
   */
  public static boolean isInitialized() {
    return RuntimeHolder.isInstalled();
  }

  /**
   * Stores a value, to be read by any task on any node. Worth it for what many tasks read: it is
   * sent once a node, not once a task.
   *
   * @param value the value
   * @param <T> its type
   * @return a ref to it
   * @throws SerializationException if it can't be sent
   * @throws ObjectStoreFullException if it does not fit
   */
  public static <T extends @Nullable Object> ObjectRef<T> put(T value) {
    return RuntimeHolder.current().put(value);
  }

  /**
   * Waits for all values, or for the first failure: once any of them has failed, the others are not
   * waited for.
   *
   * @param refs what to wait for
   * @param <T> the common type of the values
   * @return the values, in the order of the refs
   * @throws MobulaException what {@link ObjectRef#get()} of the first ref in the list throws that
   *     has failed by then
   */
  public static <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs) {
    checkElements(refs);
    return RuntimeHolder.current().get(refs, null);
  }

  /**
   * Waits for all values, or for the first failure, but not for longer than the timeout.
   *
   * @param refs what to wait for
   * @param timeout how long to wait for them all; zero only looks
   * @param <T> the common type of the values
   * @return the values, in the order of the refs
   * @throws GetTimeoutException if not all are there in time
   * @throws MobulaException what {@link ObjectRef#get()} of the first ref in the list throws that
   *     has failed by then
   */
  public static <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, Duration timeout) {
    checkElements(refs);
    return RuntimeHolder.current().get(refs, checkTimeout(timeout));
  }

  /**
   * Waits until some values, or failures, exist.
   *
   * @param refs what to wait for, each once
   * @param readyCount how many must be ready, from 1 to the number of refs
   * @param <T> the type of the values
   * @return exactly {@code readyCount} refs that are ready, and the others
   */
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount) {
    checkWait(refs, readyCount);
    return RuntimeHolder.current().wait(refs, readyCount, null);
  }

  /**
   * Waits until some values, or failures, exist, but not for longer than the timeout.
   *
   * @param refs what to wait for, each once
   * @param readyCount how many must be ready, from 1 to the number of refs
   * @param timeout how long to wait; zero only looks
   * @param <T> the type of the values
   * @return at most {@code readyCount} refs that are ready, and the others
   */
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount, Duration timeout) {
    checkWait(refs, readyCount);
    return RuntimeHolder.current().wait(refs, readyCount, checkTimeout(timeout));
  }

  /**
   * Finds an actor by its name, in the namespace of this job.
   *
   * @param name the name that it was given
   * @param <T> the actor's class, not checked
   * @return a handle; empty if no living actor has this name
   */
  public static <T> Optional<ActorHandle<T>> getActor(String name) {
    return RuntimeHolder.current().getActor(OptionChecks.name("name", name), null);
  }

  /**
   * Finds an actor by its name and namespace.
   *
   * @param name the name that it was given
   * @param namespace the namespace of the name
   * @param <T> the actor's class, not checked
   * @return a handle; empty if no living actor has this name
   */
  public static <T> Optional<ActorHandle<T>> getActor(String name, String namespace) {
    return RuntimeHolder.current()
        .getActor(OptionChecks.name("name", name), OptionChecks.name("namespace", namespace));
  }

  /**
   * Ends the actor whose method calls this, for good, and does not return. This call, those that
   * have not started and later ones fail with {@link ActorDiedException}. Other calls that run may
   * go on for 30 seconds. Then the process ends and its resources are free; what it owns is lost,
   * as with {@link ActorHandle#kill()}.
   *
   * @throws MobulaException outside an actor
   */
  public static void exitActor() {
    RuntimeHolder.current().exitActor();
  }

  /**
   * Where the calling code runs: its job, node, task and actor.
   *
   * @return the context
   */
  public static RuntimeContext context() {
    return RuntimeHolder.current().context();
  }

  /**
   * The nodes of the cluster.
   *
   * @return the nodes, with dead ones that are still remembered
   */
  public static List<ClusterNode> nodes() {
    return RuntimeHolder.current().nodes();
  }

  /**
   * What the cluster has.
   *
   * @return amounts by name: {@code "CPU"}, {@code "memory"} (bytes) and custom resources
   */
  public static Map<String, Double> clusterResources() {
    return RuntimeHolder.current().clusterResources();
  }

  /**
   * What of it nothing uses now.
   *
   * @return amounts by name, as in {@link #clusterResources}
   */
  public static Map<String, Double> availableResources() {
    return RuntimeHolder.current().availableResources();
  }

  private static void checkElements(Collection<? extends ObjectRef<?>> refs) {
    for (ObjectRef<?> ref : refs) {
      Objects.requireNonNull(ref, "refs must not contain null");
    }
  }

  private static <T extends @Nullable Object> void checkWait(
      List<ObjectRef<T>> refs, int readyCount) {
    boolean isChecked = refs instanceof DistinctRefs;
    if (!isChecked) {
      checkElements(refs);
    }
    if (readyCount < 1 || readyCount > refs.size()) {
      throw new IllegalArgumentException(
          "wait refused: readyCount="
              + readyCount
              + ", refs="
              + refs.size()
              + ": give 1 to "
              + refs.size());
    }
    if (!isChecked && new HashSet<>(refs).size() != refs.size()) {
      throw new IllegalArgumentException(
          "wait refused: a ref is in the list more than once: give each ref once");
    }
  }

  private static Duration checkTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout refused: timeout=" + timeout + ": give zero, to only look, or more");
    }
    return timeout;
  }
}
