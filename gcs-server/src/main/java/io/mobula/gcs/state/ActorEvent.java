package io.mobula.gcs.state;

/** What can happen to an actor. */
enum ActorEvent {
  /** The scheduler chose a node. */
  ASSIGNED,
  /** The raylet has a process for it. */
  PLACED,
  /** The raylet refused. */
  NOT_PLACED,
  /** The constructor returned. */
  CONSTRUCTED,
  /** The constructor threw. */
  CONSTRUCTION_FAILED,
  /** Its process died, or the node that was asked for one. */
  PROCESS_LOST,
  /** Somebody killed it for good. */
  KILLED,
  /** Somebody killed its process; its restarts still count. */
  RESTART_ORDERED,
  /** It ends itself, once what runs is over. */
  EXIT_BEGUN,
  /** It ends itself, and nothing of it runs any more. */
  EXITING,
  /** Its job ended. */
  JOB_ENDED
}
