package io.mobula.raylet.worker;

import java.util.Map;

/**
 * Starts and ends worker processes. Owner thread: the raylet's loop, for every method; none blocks.
 * What happens to the processes comes back through {@link Events}, also on the loop.
 */
public interface WorkerProcesses extends AutoCloseable {
  /**
   * Starts a process.
   *
   * @param job what its job's workers are told
   * @param settings environment variables for this worker
   */
  void launch(WorkerStart start, JobJvm job, Map<String, String> settings);

  /** Asks it to end (SIGTERM); a process that is still being started ends as soon as it runs. */
  void terminate(int number);

  /** Ends it at once (SIGKILL). */
  void kill(int number);

  /** Kills what is left. Events of those may still follow. */
  @Override
  void close();

  /** What happened to processes. */
  interface Events {
    void launched(int number, long pid);

    void launchFailed(int number, String message);

    /**
     * The process is gone, and all it wrote has been read.
     *
     * @param status for people: exit code or signal
     * @param lastWords the last lines of its stderr, and what its threads were doing
     */
    void exited(int number, String status, LastWords lastWords);

    /**
     * It wrote something, or has ended; see {@link OutputBuffer#take}. Called again only after the
     * taker has come to {@linkplain OutputBuffer#rest rest}. Each of the two outputs of a process
     * that was launched {@linkplain OutputBuffer#takeEnd ends} once.
     */
    void wrote(OutputBuffer output);
  }
}
