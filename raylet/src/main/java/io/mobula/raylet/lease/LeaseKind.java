package io.mobula.raylet.lease;

/** What kind of slot a request wants. */
public enum LeaseKind {
  /** A slot in a JVM that tasks of the job share. */
  SHARED,
  /** A JVM that runs one lease at a time. */
  PROCESS,
  /** A JVM for one actor; the lease lasts as long as the process. */
  ACTOR
}
