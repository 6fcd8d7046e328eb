package io.mobula.worker.execute;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.Failure;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings the arguments of actor calls and constructors, which can't be given back: what is lost is
 * asked of its owner, who has it made again, and the call waits in its place. Owner thread: the
 * loop.
 *
 * <p>A leased task is given back instead ({@link TaskSlots}), so that it does not wait on a CPU
 * that the recovery may need.
 */
public final class LostArguments {

  /** The owner may find so often that a copy is where none was found. */
  private static final int ROUNDS_IN_VAIN_MAX = 10;

  private final Outbox outbox;
  private final ArgumentFetcher arguments;

  public LostArguments(Outbox outbox, ArgumentFetcher arguments) {
    this.outbox = outbox;
    this.arguments = arguments;
  }

  /** As {@link ArgumentFetcher#fetch}. */
  public void fetch(Execution execution, Consumer<Execution> ready, ArgumentFetcher.Failed failed) {
    fetch(execution, ready, failed, 0);
  }

  private void fetch(
      Execution execution,
      Consumer<Execution> ready,
      ArgumentFetcher.Failed failed,
      int roundsInVain) {
    arguments.fetch(
        execution,
        ready,
        (stopped, lost, failure) -> {
          if (ArgumentFetcher.isLost(failure) && roundsInVain < ROUNDS_IN_VAIN_MAX) {
            outbox.request(
                lost.getId().getOwner(),
                Packet.newBuilder()
                    .setAwaitObject(AwaitObject.newBuilder().setId(lost.getId()).setLost(lost)),
                new OwnersAnswer(stopped, lost, ready, failed, roundsInVain));
          } else {
            failed.accept(
                stopped,
                lost,
                ArgumentFetcher.isLost(failure) ? Failures.outOfReach(failure) : failure);
          }
        });
  }

  /** The execution is over, or comes to nothing. */
  public void release(Execution execution) {
    arguments.release(execution);
  }

  /** What the owner of a lost argument says. */
  private final class OwnersAnswer implements ReplyHandler {
    private final Execution execution;
    private final StoredObject lost;
    private final Consumer<Execution> ready;
    private final ArgumentFetcher.Failed failed;
    private final int roundsInVain;

    OwnersAnswer(
        Execution execution,
        StoredObject lost,
        Consumer<Execution> ready,
        ArgumentFetcher.Failed failed,
        int roundsInVain) {
      this.execution = execution;
      this.lost = lost;
      this.ready = ready;
      this.failed = failed;
      this.roundsInVain = roundsInVain;
    }

    @Override
    public void onReply(Packet reply) {
      if (!execution.isQueued()) {
        return;
      }
      ObjectValue value = reply.getObjectValue();
      if (value.hasFailure()) {
        failed.accept(execution, lost, value.getFailure());
        return;
      }
      TaskArgument argument =
          value.hasStored()
              ? TaskArgument.newBuilder().setStored(value.getStored()).build()
              : TaskArgument.newBuilder().setValue(value.getValue()).build();
      List<TaskArgument> all = execution.spec().getArgumentsList();
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).hasStored() && all.get(i).getStored().getId().equals(lost.getId())) {
          execution.replaceArgument(i, argument);
        }
      }
      boolean isInVain = value.hasStored() && value.getStored().equals(lost);
      fetch(execution, ready, failed, isInVain ? roundsInVain + 1 : 0);
    }

    @Override
    public void onUnreachable(Failure failure) {
      if (execution.isQueued()) {
        failed.accept(
            execution, lost, Failures.ownerDied(ObjectKey.of(lost.getId()), failure.getMessage()));
      }
    }
  }
}
