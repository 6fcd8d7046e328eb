package io.mobula.raylet.node;

import io.mobula.proto.FailureKind;
import io.mobula.proto.ProcessDied;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.worker.LastWords;
import java.util.List;

/** What one part of the node decided for another. */
sealed interface NodeEvent {
  /** Leases to workers. */
  record SlotWanted(LeaseRequest request, long lease) implements NodeEvent {}

  /** Leases to workers. */
  record SlotReleased(long lease) implements NodeEvent {}

  /** Workers to the node: the process is to be asked whether it may end. */
  record RetirementAsked(long worker, long question) implements NodeEvent {}

  /** Workers to leases. */
  record SlotReady(long lease, long worker) implements NodeEvent {}

  /** Workers to leases. */
  record SlotFailed(long lease, FailureKind kind, String message) implements NodeEvent {}

  /** Workers to class paths. */
  record ClassPathWanted(int job) implements NodeEvent {}

  /** Class paths to workers. */
  record ClassPathReady(int job, List<String> classPath) implements NodeEvent {}

  /** Class paths to workers. */
  record ClassPathFailed(int job, FailureKind kind, String message) implements NodeEvent {}

  /** To everyone: a process of this node or another is dead, or a whole node. */
  record Died(ProcessDied death) implements NodeEvent {}

  /** Workers to leases, and to everyone. */
  record WorkerDied(ProcessDied death, LastWords lastWords) implements NodeEvent {}

  /** To everyone: a job runs. */
  record JobStarted(int job) implements NodeEvent {}

  /**
   * To everyone: a job is over.
   *
   * @param listener the driver, if it wants its workers' output; else 0
   */
  record JobEnded(int job, String reason, long listener) implements NodeEvent {}

  /** To the node: the GCS has given it up. */
  record DeclaredDead(String reason) implements NodeEvent {}

  /** To everyone: the view of the other nodes changed. */
  record ClusterChanged() implements NodeEvent {}
}
