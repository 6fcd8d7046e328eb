package io.mobula.raylet.objects;

import io.mobula.proto.FetchPurpose;

/** What memory is asked for, the most urgent first. */
enum CreatePriority {
  /** An object that a thread waits to read: what it holds becomes free when it has read. */
  GET,
  /** An object that a thread waits to have on this node. */
  WAIT,
  /** A new object of a process: its task goes on, and ends, when it has written. */
  NEW,
  /** An argument of a task that has not started: it only adds to what is held. */
  ARGUMENT;

  static CreatePriority of(FetchPurpose purpose) {
    return switch (purpose) {
      case GET, UNRECOGNIZED -> GET;
      case WAIT -> WAIT;
      case TASK_ARGUMENT -> ARGUMENT;
    };
  }

  CreatePriority orMoreUrgent(CreatePriority other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
