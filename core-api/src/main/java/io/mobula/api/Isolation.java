package io.mobula.api;

/** Which process a task runs in. */
public enum Isolation {
  /** In a warm JVM that other tasks of the same job use too, on a thread of its own. */
  SHARED,
  /** In a JVM that runs no other task at the same time. */
  PROCESS
}
