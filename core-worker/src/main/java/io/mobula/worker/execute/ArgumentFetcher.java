package io.mobula.worker.execute;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.LossReason;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.own.SharedObjects;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the stored arguments of executions to this node and holds them while these run. Owner
 * thread: the loop.
 *
 * <h2>How it works</h2>
 *
 * <p>Arguments are fetched as soon as a task comes, so that they are there when its turn comes. So
 * tasks that have not started hold memory, and with a small store each may wait for an argument
 * that has no room because of the others, or the running task for room for its result. The raylet
 * notices and tells all processes to {@linkplain #giveWay let go}: of everything but the arguments
 * of the first task that waits for the object that has been waiting longest.
 *
 * <pre>
 *   FETCHING --all there--> COMPLETE --asked, not started--> YIELDED --its thread wants it--+
 *      |  ^--------------------------------------------------------------------------------+
 *      +--asked--> PAUSED --one at a time: a task is over, or a pause--> FETCHING
 * </pre>
 *
 * <p>Who is behind in line thus waits with nothing in its hands, and the first gets all that it
 * needs. An execution that has been handed to a thread keeps its place there: the thread waits when
 * it comes to it ({@link Execution#start(java.util.function.BooleanSupplier)}).
 */
public final class ArgumentFetcher {
  static final long PAUSE_NANOS_MIN = 100_000_000L;
  static final long PAUSE_NANOS_MAX = 2_000_000_000L;

  /** After that long without being asked, the pauses are short again. */
  static final long CALM_NANOS = 5_000_000_000L;

  private final SharedObjects shared;

  /** Those with stored arguments that have not ended, in the order in which they came. */
  private final Map<Execution, Fetch> fetches = new LinkedHashMap<>();

  private long pauseNanos = PAUSE_NANOS_MIN;
  private long yieldedNanos;
  private boolean isResumeDue;

  /** How many are paused: none, almost always, so that the end of a turn costs nothing. */
  private int pausedCount;

  public ArgumentFetcher(SharedObjects shared) {
    this.shared = shared;
  }

  /** Calls one of the two, once, perhaps before this method returns. */
  public void fetch(Execution execution, Consumer<Execution> ready, Failed failed) {
    Fetch fetch = new Fetch(execution, ready, failed);
    if (fetch.storedCount() > 0) {
      fetches.put(execution, fetch);
    } else {
      fetches.remove(execution);
    }
    fetch.begin();
  }

  /** The execution is over, or was given back. */
  public void release(Execution execution) {
    Fetch fetch = fetches.remove(execution);
    if (fetch != null) {
      fetch.end();
      isResumeDue = true;
    }
    execution.setMissingMappings(-1);
  }

  /**
   * Lets go of the arguments of what has not started.
   *
   * @param keep those stay of the first execution that waits for this object; null for none
   */
  public void giveWay(@Nullable ObjectKey keep, long nowNanos) {
    boolean isKept = false;
    boolean isAny = false;
    for (Fetch fetch : fetches.values()) {
      if (keep != null && !isKept && fetch.misses(keep)) {
        isKept = true;
      } else {
        isAny |= fetch.giveWay();
      }
    }
    if (!isAny) {
      // Whoever asks again and again must not keep what waits from its turn.
      return;
    }
    shared.tellHoldEnded();
    pauseNanos =
        nowNanos - yieldedNanos > CALM_NANOS
            ? PAUSE_NANOS_MIN
            : Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
    yieldedNanos = nowNanos;
    isResumeDue = false;
  }

  /** A thread waits for arguments that were let go. */
  public void want(Execution execution) {
    Fetch fetch = fetches.get(execution);
    if (fetch != null && fetch.state == FetchState.YIELDED) {
      fetch.begin();
    }
  }

  /**
   * Goes on with one execution that was stopped, if its time has come. Call it at the end of each
   * turn.
   *
   * @return how long until the next call has something to do; {@link Long#MAX_VALUE} for never
   */
  public long resume(long nowNanos) {
    Fetch first = firstPaused();
    if (first != null && (isResumeDue || nowNanos - yieldedNanos >= pauseNanos)) {
      yieldedNanos = Math.max(yieldedNanos, nowNanos - pauseNanos + PAUSE_NANOS_MIN);
      first.begin();
      first = firstPaused();
    }
    isResumeDue = false;
    return first == null ? Long.MAX_VALUE : yieldedNanos + pauseNanos - nowNanos;
  }

  /** Whether an execution waits until it is resumed. For inspection. */
  public boolean hasPaused() {
    return pausedCount > 0;
  }

  private @Nullable Fetch firstPaused() {
    if (pausedCount == 0) {
      return null;
    }
    for (Fetch fetch : fetches.values()) {
      if (fetch.state == FetchState.PAUSED) {
        return fetch;
      }
    }
    throw new IllegalStateException("paused fetches: counted=" + pausedCount + ", found=0");
  }

  /**
   * Whether a fetch failed because no copy could be found, so that the object's owner is to be
   * asked for another. If the raylet knows more, such as that the owner freed the object, that is
   * the reason.
   */
  public static boolean isLost(Failure failure) {
    return failure.getKind() == FailureKind.OBJECT_LOST
        && failure.getLossReason() == LossReason.LOSS_REASON_UNSPECIFIED;
  }

  /** Whether a fetch failed because this node can't reach the nodes that have the object. */
  public static boolean isOutOfReach(Failure failure) {
    return failure.getKind() == FailureKind.OBJECT_UNREACHABLE;
  }

  /** Gets an execution one of whose arguments can't be had. */
  @FunctionalInterface
  public interface Failed {
    /**
     * @param argument the one, as the task named it
     */
    void accept(Execution execution, StoredObject argument, Failure failure);
  }

  private enum FetchState {
    FETCHING,
    COMPLETE,
    YIELDED,
    PAUSED,
    ENDED
  }

  /** The arguments of one execution. */
  private final class Fetch {
    private final Execution execution;
    private final Consumer<Execution> ready;
    private final Failed failed;
    private final List<TaskArgument> arguments;
    private final @Nullable ArgumentListener[] asked;
    private FetchState state = FetchState.FETCHING;

    Fetch(Execution execution, Consumer<Execution> ready, Failed failed) {
      this.execution = execution;
      this.ready = ready;
      this.failed = failed;
      this.arguments = execution.spec().getArgumentsList();
      this.asked = new @Nullable ArgumentListener[arguments.size()];
    }

    int storedCount() {
      int stored = 0;
      for (TaskArgument argument : arguments) {
        if (argument.hasStored()) {
          stored++;
        }
      }
      return stored;
    }

    void begin() {
      enter(FetchState.FETCHING);
      execution.setMissingMappings(storedCount());
      int round = execution.nextFetchRound();
      if (execution.missingMappings() == 0) {
        complete();
        return;
      }
      for (int i = 0; i < arguments.size(); i++) {
        if (arguments.get(i).hasStored() && execution.fetchRound() == round) {
          ArgumentListener listener = new ArgumentListener(this, i, arguments.get(i).getStored());
          asked[i] = listener;
          shared.fetch(listener.stored, FetchPurpose.TASK_ARGUMENT, listener);
        }
      }
    }

    boolean misses(ObjectKey key) {
      if (state == FetchState.FETCHING && execution.isQueued()) {
        for (ArgumentListener listener : asked) {
          if (listener != null && listener.key().equals(key)) {
            return true;
          }
        }
      }
      return false;
    }

    /** Whether there was something to let go of. */
    boolean giveWay() {
      boolean isFetching = state == FetchState.FETCHING && execution.isQueued();
      if (!isFetching && !(state == FetchState.COMPLETE && execution.yieldArguments())) {
        return false;
      }
      // A thread that has said that it waits says so once.
      enter(isFetching || execution.isWanted() ? FetchState.PAUSED : FetchState.YIELDED);
      letGo();
      return true;
    }

    /** Ends uses and waits; what still comes is not wanted. */
    void letGo() {
      execution.nextFetchRound();
      @Nullable MappedObject[] mappings = execution.mappings();
      for (int i = 0; i < mappings.length; i++) {
        ArgumentListener listener = asked[i];
        MappedObject mapping = mappings[i];
        asked[i] = null;
        mappings[i] = null;
        if (mapping != null) {
          shared.endUse(ObjectKey.of(arguments.get(i).getStored().getId()), mapping);
        } else if (listener != null) {
          shared.cancel(listener.key(), listener);
        }
      }
    }

    /** It is over; nothing follows. */
    void end() {
      letGo();
      enter(FetchState.ENDED);
    }

    private void enter(FetchState next) {
      pausedCount += (next == FetchState.PAUSED ? 1 : 0) - (state == FetchState.PAUSED ? 1 : 0);
      state = next;
    }

    private void complete() {
      enter(FetchState.COMPLETE);
      if (execution.isYielded()) {
        execution.restoreArguments();
      } else {
        ready.accept(execution);
      }
    }
  }

  /** Waits for one argument. */
  private final class ArgumentListener implements SharedObjects.Listener {
    private final Fetch fetch;
    private final int position;
    private final StoredObject stored;

    ArgumentListener(Fetch fetch, int position, StoredObject stored) {
      this.fetch = fetch;
      this.position = position;
      this.stored = stored;
    }

    ObjectKey key() {
      return ObjectKey.of(stored.getId());
    }

    @Override
    public void onMapped(MappedObject object) {
      if (!isWanted()) {
        shared.endUse(key(), object);
        return;
      }
      fetch.asked[position] = null;
      Execution execution = fetch.execution;
      execution.mappings()[position] = object;
      execution.setMissingMappings(execution.missingMappings() - 1);
      if (execution.missingMappings() == 0) {
        fetch.complete();
      }
    }

    @Override
    public void onFailed(Failure failure) {
      if (isWanted()) {
        fetch.asked[position] = null;
        release(fetch.execution);
        fetch.failed.accept(fetch.execution, stored, failure);
      }
    }

    private boolean isWanted() {
      return Objects.equals(fetch.asked[position], this);
    }
  }
}
