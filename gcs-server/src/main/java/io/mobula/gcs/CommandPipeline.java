package io.mobula.gcs;

import io.mobula.gcs.log.CommandLog;
import io.mobula.gcs.state.ClusterStateMachine;
import io.mobula.gcs.state.Effect;
import io.mobula.gcs.state.StateLimits;
import io.mobula.proto.GcsCommand;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A command's way: stamped, appended to the log, applied once committed, its effects queued for the
 * agent in order. Now and then the log's beginning is replaced by a snapshot. Owner thread: the
 * GCS's loop.
 */
final class CommandPipeline {
  private final CommandLog log;
  private final ClusterStateMachine machine;
  private final LongSupplier nowMillis;
  private final int snapshotInterval;
  private final ArrayDeque<Effect> effects = new ArrayDeque<>();
  private long snapshotPosition;

  /** Takes up what the log has; its effects are past. */
  CommandPipeline(
      CommandLog log, StateLimits limits, LongSupplier nowMillis, int snapshotInterval) {
    this.log = log;
    this.nowMillis = nowMillis;
    this.snapshotInterval = snapshotInterval;
    CommandLog.Recovered recovered = log.recover();
    machine =
        recovered
            .snapshot()
            .map(snapshot -> ClusterStateMachine.restore(snapshot, limits))
            .orElseGet(() -> new ClusterStateMachine(limits));
    recovered.commands().forEach(machine::apply);
    snapshotPosition = recovered.snapshotPosition();
    log.open(this::apply);
  }

  /** To look at; only commands change it. */
  ClusterStateMachine state() {
    return machine;
  }

  /** A command that nobody waits for. */
  void submit(GcsCommand.Builder command) {
    submit(command, 0, 0);
  }

  /** A process's request. */
  void submit(GcsCommand.Builder command, long from, long correlation) {
    log.append(
        command
            .setNowMillis(nowMillis.getAsLong())
            .setFrom(from)
            .setCorrelation(correlation)
            .build());
  }

  /** The next thing to do. */
  @Nullable Effect poll() {
    return effects.pollFirst();
  }

  void close() {
    log.close();
  }

  private void apply(long position, GcsCommand command) {
    effects.addAll(machine.apply(command));
    if (position - snapshotPosition >= snapshotInterval) {
      log.installSnapshot(position, machine.snapshot());
      snapshotPosition = position;
    }
  }
}
