package io.mobula.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Mobula throws at users: unchecked, with a code for programs and a message that says what
 * happened, to what, and what to do. Codes without a subclass come as this class. (Arguments that
 * are plainly wrong, such as null, are refused by the JDK's own exceptions.)
 */
public sealed class MobulaException extends RuntimeException
    permits ActorDiedException,
        ActorUnavailableException,
        ClusterConnectionException,
        ConfigurationException,
        GetTimeoutException,
        ObjectLostException,
        ObjectStoreFullException,
        ObjectUnreachableException,
        OwnerDiedException,
        RemoteDefinitionException,
        SerializationException,
        SessionClosedException,
        TaskException,
        UnschedulableException,
        WaitInterruptedException,
        WorkerDiedException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final ErrorCode code;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public MobulaException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public MobulaException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /**
   * Makes the exception of the class that belongs to a code, as when an error arrives from another
   * process.
   *
   * @param code what went wrong; not {@link ErrorCode#TASK_FAILED}, which needs the data of a
   *     {@link TaskException}
   * @param message the message
   * @param cause what led to it, if anything did
   * @return a new exception
   */
  public static MobulaException of(ErrorCode code, String message, @Nullable Throwable cause) {
    return switch (code) {
      case TASK_FAILED ->
          throw new IllegalArgumentException("use new TaskException(…) for " + code);
      case OPTION_INVALID, OPTION_UNKNOWN -> new ConfigurationException(code, message, cause);
      case DEFINITION_INVALID, CLASS_MISSING -> new RemoteDefinitionException(code, message, cause);
      case SERIALIZATION_FAILED, DESERIALIZATION_FAILED ->
          new SerializationException(code, message, null, cause);
      case INTERRUPTED -> new WaitInterruptedException(message, cause);
      case GET_TIMED_OUT -> new GetTimeoutException(message, cause);
      case WORKER_DIED, NODE_DIED -> new WorkerDiedException(code, message, cause);
      case ACTOR_DIED, ACTOR_ENDED, ACTOR_CREATION_FAILED ->
          new ActorDiedException(code, message, cause);
      case ACTOR_UNAVAILABLE -> new ActorUnavailableException(message, cause);
      case OBJECT_LOST -> new ObjectLostException(message, cause);
      case OWNER_DIED -> new OwnerDiedException(message, cause);
      case SESSION_CLOSED -> new SessionClosedException(message, cause);
      case OBJECT_UNREACHABLE -> new ObjectUnreachableException(message, cause);
      case UNSCHEDULABLE -> new UnschedulableException(message, cause);
      case OBJECT_STORE_FULL -> new ObjectStoreFullException(message, cause);
      case CLUSTER_UNREACHABLE, SECRET_REFUSED, PROTOCOL_MISMATCH, CLUSTER_LOST, START_FAILED ->
          new ClusterConnectionException(code, message, cause);
      case NOT_INITIALIZED,
          ALREADY_INITIALIZED,
          RUNTIME_MISSING,
          ACTOR_NAME_TAKEN,
          WRONG_PROCESS,
          INTERNAL ->
          new MobulaException(code, message, cause);
    };
  }

  /**
   * What went wrong.
   *
   * @return the code
   */
  public ErrorCode code() {
    return code;
  }
}
