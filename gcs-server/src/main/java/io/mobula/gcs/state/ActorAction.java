package io.mobula.gcs.state;

/** What the GCS does about an {@link ActorEvent}. */
enum ActorAction {
  /** Ask the node's raylet for a process. */
  BEGIN_PLACEMENT,
  /** Have the process run the constructor. */
  BEGIN_CONSTRUCTION,
  /** Callers may push. */
  BEGIN_LIFE,
  /** Wait for another node, unless that failed too often. */
  RETRY_PLACEMENT,
  /** Start again while restarts are left, else end. */
  RESTART_OR_DIE,
  /** End; there is no process. */
  DIE,
  /** End, and have the process ended. */
  DIE_AND_KILL,
  /** Whatever ends the process, do not start it again. */
  FORGO_RESTARTS,
  /** Have the process ended; its death then counts as any other. */
  KILL_PROCESS,
  /** A process came that nobody waits for any more: have it ended. */
  KILL_ORPHAN,
  /** Late, or a duplicate. */
  IGNORE
}
