package io.mobula.worker.execute;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorExiting;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.worker.net.Outbox;
import org.jspecify.annotations.Nullable;

/**
 * How an actor goes that ends itself. Owner thread: the loop. Call {@link #onTurnEnd} in each turn.
 *
 * <pre>
 *   STAYING --exit--> FINISHING --nothing runs--> CONFIRMING --callers have their answers--> OVER
 *                         +---------- the time is over ----------+------------------------->
 * </pre>
 *
 * <p>What has not started fails at once. What runs has some time; its callers have their answers
 * before the GCS is told that it is over, since they hear of the actor's death another way, which
 * may be shorter. The GCS has the process ended, whatever the user's threads and shutdown hooks do.
 * It is told again and again: the news, or what it orders, may be lost with a connection.
 */
public final class ActorExit {
  /** How long the calls that run may take, and their answers. */
  static final long GRACE_NANOS = 30_000_000_000L;

  /** After which the GCS is told again. */
  static final long REPEAT_NANOS = 5_000_000_000L;

  private enum Phase {
    STAYING,
    FINISHING,
    CONFIRMING,
    OVER
  }

  private final Outbox outbox;
  private final ActorHost host;
  private final Replies replies;
  private Phase phase = Phase.STAYING;
  private @Nullable ObjectId actor;

  /** When the phase's time is over. */
  private long deadlineNanos;

  public ActorExit(Outbox outbox, ActorHost host, Replies replies) {
    this.outbox = outbox;
    this.host = host;
    this.replies = replies;
  }

  /** Whether the actor goes, or has gone. */
  public boolean hasBegun() {
    return phase != Phase.STAYING;
  }

  /** The actor ends itself. Idempotent. */
  public void begin(ObjectId id, long nowNanos) {
    if (phase == Phase.STAYING) {
      actor = id;
      phase = Phase.FINISHING;
      deadlineNanos = nowNanos + GRACE_NANOS;
      host.exit();
      tell(true);
    }
  }

  /** Goes on if it can. Before the answers of the turn are sent. */
  public void onTurnEnd(long nowNanos) {
    if (phase == Phase.FINISHING && host.hasFinished()) {
      phase = Phase.CONFIRMING;
      replies.askReceipts(host.callers());
    }
    boolean isDone = phase == Phase.CONFIRMING && replies.isSettled();
    if (isDone || (phase != Phase.STAYING && nowNanos - deadlineNanos >= 0)) {
      phase = Phase.OVER;
      deadlineNanos = nowNanos + REPEAT_NANOS;
      tell(false);
    }
  }

  private void tell(boolean isFinishing) {
    ObjectId id = actor;
    if (id != null) {
      outbox.send(
          ProcessAddress.GCS,
          Packet.newBuilder()
              .setActorExiting(ActorExiting.newBuilder().setId(id).setIsFinishing(isFinishing)));
    }
  }
}
