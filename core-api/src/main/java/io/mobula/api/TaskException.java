package io.mobula.api;

import java.util.Objects;

/**
 * A remote method threw. The {@linkplain #getCause() cause} is what it threw, with its own causes
 * and suppressed exceptions, or a {@link RemoteThrowable} if its class is not here; {@link
 * #remoteStackTrace} is the trace as the worker saw it.
 */
public final class TaskException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /** The task's name, or the method's. */
  private final String taskName;

  /** The node it ran on. */
  private final String nodeId;

  /** The process it ran in. */
  private final long pid;

  /** The trace as the worker saw it. */
  private final String remoteStackTrace;

  /**
   * Makes an exception.
   *
   * @param taskName the task's name, or the method's
   * @param nodeId the node it ran on
   * @param pid the process it ran in
   * @param remoteStackTrace the trace as the worker saw it, as text
   * @param cause what the method threw, or its stand-in
   */
  public TaskException(
      String taskName, String nodeId, long pid, String remoteStackTrace, Throwable cause) {
    super(
        ErrorCode.TASK_FAILED,
        "task failed: task=" + taskName + ", node=" + nodeId + ", pid=" + pid + ": " + text(cause),
        Objects.requireNonNull(cause, "cause"));
    this.taskName = taskName;
    this.nodeId = nodeId;
    this.pid = pid;
    this.remoteStackTrace = Objects.requireNonNull(remoteStackTrace, "remoteStackTrace");
  }

  /** The cause's class may throw whatever is asked of it. */
  private static String text(Throwable cause) {
    try {
      return cause.toString();
    } catch (RuntimeException | Error e) {
      return cause.getClass().getName() + ": " + untold(cause, e);
    }
  }

  /** Of a cause whose toString failed, which may be because its getMessage did. */
  private static String untold(Throwable cause, Throwable failure) {
    try {
      return cause.getMessage() + failed("toString", failure);
    } catch (RuntimeException | Error e) {
      return failed("getMessage", e).strip();
    }
  }

  private static String failed(String method, Throwable failure) {
    String note = " (its " + method + " failed: " + failure.getClass().getName();
    try {
      return note + ": " + failure.getMessage() + ")";
    } catch (RuntimeException | Error e) {
      return note + ")";
    }
  }

  /**
   * What the method threw.
   *
   * @return never null
   */
  @Override
  public synchronized Throwable getCause() {
    return Objects.requireNonNull(super.getCause());
  }

  /**
   * The task's name, or the method's.
   *
   * @return the name
   */
  public String taskName() {
    return taskName;
  }

  /**
   * The node that the task ran on.
   *
   * @return the node's id
   */
  public String nodeId() {
    return nodeId;
  }

  /**
   * The process that the task ran in, on its node.
   *
   * @return the process id
   */
  public long pid() {
    return pid;
  }

  /**
   * The stack trace as the worker saw it, causes and suppressed exceptions included.
   *
   * @return the text, in the form of {@link Throwable#printStackTrace()}
   */
  public String remoteStackTrace() {
    return remoteStackTrace;
  }
}
