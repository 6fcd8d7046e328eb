package io.mobula.worker;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.AwakeClock;
import io.mobula.proto.Hello;
import io.mobula.proto.ProcessKind;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.loop.SharedProcess;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a raylet tells a worker that it starts.
 *
 * @param number the worker's number on its node
 * @param node the node's number
 * @param job the job that it works for
 * @param nodeDirectory the node's folder
 * @param rayletSocket where the raylet is dialled
 * @param namespace the job's
 * @param hostId stands for the machine
 * @param isRecordingCallSites whether the job notes the origin of every object
 * @param slots leases that it serves at once; 0 for an actor's process
 */
public record WorkerEnvironment(
    int number,
    int node,
    int job,
    Path nodeDirectory,
    Path rayletSocket,
    String namespace,
    String hostId,
    boolean isRecordingCallSites,
    int slots) {
  /**
   * From the environment variables of a process, or what would be those.
   *
   * @throws IllegalArgumentException if one is missing
   */
  public static WorkerEnvironment of(Map<String, String> environment) {
    return new WorkerEnvironment(
        Integer.parseUnsignedInt(required(environment, "MOBULA_WORKER_NUMBER")),
        Integer.parseUnsignedInt(required(environment, "MOBULA_NODE")),
        Integer.parseUnsignedInt(required(environment, "MOBULA_JOB")),
        Path.of(required(environment, "MOBULA_NODE_DIRECTORY")),
        Path.of(required(environment, "MOBULA_RAYLET_SOCKET")),
        required(environment, "MOBULA_NAMESPACE"),
        required(environment, "MOBULA_HOST_ID"),
        Boolean.parseBoolean(environment.get("MOBULA_RECORD_CALL_SITES")),
        Integer.parseInt(environment.getOrDefault("MOBULA_SLOTS", "0")));
  }

  /** For thread names and logs. */
  public String role() {
    return "worker-" + Integer.toUnsignedString(node) + "." + Integer.toUnsignedString(number);
  }

  /**
   * The core worker of a worker.
   *
   * @param loader finds the user's classes
   * @param board notes what tasks do here
   * @param sharedProcess the process that it shares with others; null if it has one of its own
   */
  public CoreWorkerSetup setup(
      ClassLoader loader,
      CoreWorkerEvents events,
      RunningBoard board,
      @Nullable SharedProcess sharedProcess) {
    Hello hello =
        Hello.newBuilder()
            .setKind(ProcessKind.WORKER)
            .setPid(ProcessHandle.current().pid())
            .setHostId(hostId)
            .setAddress(ProcessAddress.of(node, number))
            .setWorkerNumber(number)
            .build();
    return new CoreWorkerSetup(
        role(),
        hello,
        (context, mine, handler) -> context.links().connect(rayletSocket, mine, handler),
        loader,
        AwakeClock.INSTANCE,
        events,
        Lineage.BYTES_MAX_DEFAULT,
        board,
        sharedProcess);
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          name + " is not set: WorkerMain is started by a raylet, not by hand");
    }
    return value;
  }
}
