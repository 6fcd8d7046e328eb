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
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the stored arguments of an execution to this node and holds them while it runs. Owner
 * thread: the loop.
 */
public final class ArgumentFetcher {
  private final SharedObjects shared;

  public ArgumentFetcher(SharedObjects shared) {
    this.shared = shared;
  }

  /** Calls one of the two, once, perhaps before this method returns. */
  public void fetch(Execution execution, Consumer<Execution> ready, Failed failed) {
    List<TaskArgument> arguments = execution.spec().getArgumentsList();
    int stored = 0;
    for (TaskArgument argument : arguments) {
      if (argument.hasStored()) {
        stored++;
      }
    }
    execution.setMissingMappings(stored);
    int round = execution.nextFetchRound();
    if (stored == 0) {
      ready.accept(execution);
      return;
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).hasStored()) {
        shared.fetch(
            arguments.get(i).getStored(),
            FetchPurpose.TASK_ARGUMENT,
            new ArgumentListener(execution, round, i, arguments.get(i).getStored(), ready, failed));
      }
    }
  }

  /** The execution is over, or was given back. */
  public void release(Execution execution) {
    @Nullable MappedObject[] mappings = execution.mappings();
    execution.setMissingMappings(-1);
    for (int i = 0; i < mappings.length; i++) {
      MappedObject mapping = mappings[i];
      if (mapping != null) {
        mappings[i] = null;
        shared.endUse(ObjectKey.of(execution.spec().getArguments(i).getStored().getId()), mapping);
      }
    }
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

  /** Gets an execution one of whose arguments can't be had. */
  @FunctionalInterface
  public interface Failed {
    /**
     * @param argument the one, as the task named it
     */
    void accept(Execution execution, StoredObject argument, Failure failure);
  }

  /** Waits for one argument. */
  private final class ArgumentListener implements SharedObjects.Listener {
    private final Execution execution;
    private final int round;
    private final int position;
    private final StoredObject stored;
    private final Consumer<Execution> ready;
    private final Failed failed;

    ArgumentListener(
        Execution execution,
        int round,
        int position,
        StoredObject stored,
        Consumer<Execution> ready,
        Failed failed) {
      this.execution = execution;
      this.round = round;
      this.position = position;
      this.stored = stored;
      this.ready = ready;
      this.failed = failed;
    }

    @Override
    public void onMapped(MappedObject object) {
      if (!isWanted()) {
        shared.endUse(ObjectKey.of(stored.getId()), object);
        return;
      }
      execution.mappings()[position] = object;
      execution.setMissingMappings(execution.missingMappings() - 1);
      if (execution.missingMappings() == 0) {
        ready.accept(execution);
      }
    }

    @Override
    public void onFailed(Failure failure) {
      if (isWanted()) {
        release(execution);
        failed.accept(execution, stored, failure);
      }
    }

    private boolean isWanted() {
      return execution.fetchRound() == round && execution.missingMappings() >= 0;
    }
  }
}
