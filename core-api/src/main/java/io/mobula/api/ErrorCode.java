package io.mobula.api;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What can go wrong, each with a number that never changes and is never used again. The code is
 * chosen where the failure is understood and crosses the wire as it is. Hundreds group by subject:
 * 1 the program, 2 remote code, 3 deaths and losses, 4 resources, 5 connections, 9 Mobula itself.
 */
public enum ErrorCode {
  /** The API was used before {@code Mobula.init()}. */
  NOT_INITIALIZED(101, Blame.USER, false, Severity.ERROR),
  /** {@code Mobula.init()} in a process that has a session, or is a worker. */
  ALREADY_INITIALIZED(102, Blame.USER, false, Severity.ERROR),
  /** No runtime, or more than one, on the class path. */
  RUNTIME_MISSING(103, Blame.USER, false, Severity.ERROR),
  /** An option or a setting has a value out of range, or does not go with another. */
  OPTION_INVALID(104, Blame.USER, false, Severity.ERROR),
  /** No option or setting has this name. */
  OPTION_UNKNOWN(105, Blame.USER, false, Severity.ERROR),
  /** The function, class or method can't be run remotely. */
  DEFINITION_INVALID(106, Blame.USER, false, Severity.ERROR),
  /** A class that the remote code needs is not there, or another version of it is. */
  CLASS_MISSING(107, Blame.USER, false, Severity.ERROR),
  /** A value can't be sent. */
  SERIALIZATION_FAILED(108, Blame.USER, false, Severity.ERROR),
  /** Bytes that were received can't be made a value. */
  DESERIALIZATION_FAILED(109, Blame.USER, false, Severity.ERROR),
  /** An actor of this name exists in the namespace. */
  ACTOR_NAME_TAKEN(110, Blame.USER, false, Severity.ERROR),
  /**
   * Something that only an actor can do was tried elsewhere, or something that only a driver can.
   */
  WRONG_PROCESS(111, Blame.USER, false, Severity.ERROR),
  /** The waiting thread was interrupted. */
  INTERRUPTED(112, Blame.USER, true, Severity.WARN),
  /**
   * The session was closed, or its job has ended, while something waited, or before a ref or handle
   * of it was used.
   */
  SESSION_CLOSED(113, Blame.USER, false, Severity.WARN),

  /** The method threw. */
  TASK_FAILED(201, Blame.REMOTE, false, Severity.ERROR),
  /** The actor's constructor threw. */
  ACTOR_CREATION_FAILED(202, Blame.REMOTE, false, Severity.ERROR),
  /** The value was not there in time. */
  GET_TIMED_OUT(203, Blame.REMOTE, true, Severity.WARN),

  /** The worker that ran the task died, and no retry was left. */
  WORKER_DIED(301, Blame.SYSTEM, true, Severity.ERROR),
  /** The node that ran the task died, and no retry was left. */
  NODE_DIED(302, Blame.SYSTEM, true, Severity.ERROR),
  /** The actor's process died, and no restart was left. */
  ACTOR_DIED(303, Blame.SYSTEM, false, Severity.ERROR),
  /** The actor was killed, or ended itself. */
  ACTOR_ENDED(304, Blame.USER, false, Severity.ERROR),
  /** The actor is alive, or restarting, but the call was lost or can't be delivered now. */
  ACTOR_UNAVAILABLE(305, Blame.SYSTEM, true, Severity.WARN),
  /** No copy of the object is left, and it can't be made again. */
  OBJECT_LOST(306, Blame.SYSTEM, false, Severity.ERROR),
  /** The process that owned the object died. */
  OWNER_DIED(307, Blame.SYSTEM, false, Severity.ERROR),
  /** The object exists, but this node can't reach the nodes that have it. */
  OBJECT_UNREACHABLE(308, Blame.SYSTEM, true, Severity.WARN),

  /** No node has, or can have, the resources asked for. */
  UNSCHEDULABLE(401, Blame.RESOURCES, false, Severity.ERROR),
  /** The object does not fit in the store. */
  OBJECT_STORE_FULL(402, Blame.RESOURCES, true, Severity.ERROR),

  /** Nobody answers at the address. */
  CLUSTER_UNREACHABLE(501, Blame.SYSTEM, true, Severity.ERROR),
  /** The cluster refused the secret. */
  SECRET_REFUSED(502, Blame.USER, false, Severity.ERROR),
  /** The cluster speaks another version of the protocol. */
  PROTOCOL_MISMATCH(503, Blame.USER, false, Severity.ERROR),
  /** The cluster was there and is not any more. */
  CLUSTER_LOST(504, Blame.SYSTEM, true, Severity.ERROR),
  /** A cluster could not be started: a port or file is taken, or a process ended at once. */
  START_FAILED(505, Blame.SYSTEM, false, Severity.ERROR),

  /** An invariant of Mobula is broken: please report it. */
  INTERNAL(901, Blame.SYSTEM, false, Severity.FATAL);

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(c -> c.number, Function.identity()));

  private final int number;
  private final Blame blame;
  private final boolean isRetryable;
  private final Severity severity;

  ErrorCode(int number, Blame blame, boolean isRetryable, Severity severity) {
    this.number = number;
    this.blame = blame;
    this.isRetryable = isRetryable;
    this.severity = severity;
  }

  /**
   * Finds a code by its number.
   *
   * @param number the number, perhaps from a newer version
   * @return the code; empty if this version does not know it
   */
  public static Optional<ErrorCode> ofNumber(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /**
   * The number on the wire and in messages.
   *
   * @return the number
   */
  public int number() {
    return number;
  }

  /**
   * Whose fault it is.
   *
   * @return the blame
   */
  public Blame blame() {
    return blame;
  }

  /**
   * Whether doing the same again may work.
   *
   * @return true if it may
   */
  public boolean isRetryable() {
    return isRetryable;
  }

  /**
   * How bad it is for the process that meets it.
   *
   * @return the severity
   */
  public Severity severity() {
    return severity;
  }

  /** Whose fault an error is. */
  public enum Blame {
    /** The program that used Mobula, or its setup. */
    USER,
    /** Mobula, or the machines that it runs on. */
    SYSTEM,
    /** There is too little of something. */
    RESOURCES,
    /** The code that ran remotely. */
    REMOTE
  }

  /** How bad an error is for the process that meets it. */
  public enum Severity {
    /** It is expected at times. */
    WARN,
    /** Something failed; the process goes on. */
    ERROR,
    /** The process must end. */
    FATAL
  }
}
