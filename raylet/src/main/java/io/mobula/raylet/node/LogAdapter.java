package io.mobula.raylet.node;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.JobConfig;
import io.mobula.proto.LogLines;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.worker.OutputBuffer;
import java.util.List;

/**
 * What workers write, to their job's driver as {@link LogLines}. Owner thread: the raylet's loop.
 *
 * <p>A driver of this node that is slow is waited for; the lines that its workers write meanwhile
 * are dropped from their bounded buffers and counted. The log files keep everything.
 */
final class LogAdapter {
  private static final long PAUSE_NANOS = 50_000_000L;

  private final NodeIdentity identity;
  private final LoopContext loop;
  private final NodeRouter router;
  private final LocalProcesses processes;
  private final NodeJobs jobs;

  LogAdapter(
      NodeIdentity identity,
      LoopContext loop,
      NodeRouter router,
      LocalProcesses processes,
      NodeJobs jobs) {
    this.identity = identity;
    this.loop = loop;
    this.router = router;
    this.processes = processes;
    this.jobs = jobs;
  }

  /** Empties the buffer, now or a bit at a time. */
  void forward(OutputBuffer output) {
    JobConfig config = jobs.find(output.start().job());
    boolean isWanted = config != null && config.getLogToDriver();
    LocalProcess driver = config == null ? null : processes.find(config.getDriver());
    if (isWanted && driver != null && driver.isCongested()) {
      loop.timers().schedule(PAUSE_NANOS, () -> forward(output));
      return;
    }
    long dropped = output.takeDropped();
    List<String> lines = output.take();
    if (config != null && isWanted && !(lines.isEmpty() && dropped == 0)) {
      send(output, config.getDriver(), lines, dropped);
    }
    if (!lines.isEmpty() || output.rest()) {
      // Others have their turn before this one's next batch.
      loop.timers().schedule(0, () -> forward(output));
    }
  }

  private void send(OutputBuffer output, long driver, List<String> lines, long dropped) {
    boolean isActor = output.start().kind() == LeaseKind.ACTOR;
    router.send(
        router
            .packetTo(driver)
            .setLogLines(
                LogLines.newBuilder()
                    .setProcess(processes.addressOf(output.start().number()))
                    .setPid(output.pid())
                    .setHostName(identity.hostName())
                    .setProcessName(isActor ? output.start().name() : "task")
                    .setIsStderr(output.isStderr())
                    .addAllLines(lines)
                    .setDroppedLines(dropped)));
  }
}
