package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.LogLines;
import io.mobula.proto.OutputEnded;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.worker.OutputBuffer;
import io.mobula.raylet.worker.WorkerStart;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What workers write, to their job's driver as {@link LogLines}, and that it was all, as {@link
 * OutputEnded}. Owner thread: the raylet's loop.
 *
 * <p>A line that has not ended is sent as it is when it has been there for {@link #UNENDED_NANOS},
 * and at the end of the output. A driver of this node that is slow is waited for; the lines that
 * its workers write meanwhile are dropped from their bounded buffers and counted. The log files
 * keep everything.
 */
final class LogAdapter {
  private static final long PAUSE_NANOS = 50_000_000L;
  private static final long UNENDED_NANOS = 1_000_000_000L;

  private final NodeIdentity identity;
  private final LoopContext loop;
  private final NodeRouter router;
  private final LocalProcesses processes;
  private final NodeJobs jobs;
  private final Supplier<List<Long>> otherRaylets;
  private final JobOutputs outputs = new JobOutputs(this::outputEnded);

  /** Outputs with a line that has begun, and a timer for it. */
  private final Set<OutputBuffer> watched = new HashSet<>();

  LogAdapter(
      NodeIdentity identity,
      LoopContext loop,
      NodeRouter router,
      LocalProcesses processes,
      NodeJobs jobs,
      Supplier<List<Long>> otherRaylets) {
    this.identity = identity;
    this.loop = loop;
    this.router = router;
    this.processes = processes;
    this.jobs = jobs;
    this.otherRaylets = otherRaylets;
  }

  /** A worker is about to be started. */
  void launching(WorkerStart start) {
    outputs.opened(start.number(), start.job(), jobs.listener(start.job()));
  }

  /** It could not be started. */
  void launchFailed(int worker) {
    outputs.neverOpened(worker);
  }

  /** The job is over; its driver is told when it has all output. */
  void jobEnded(int job, long listener) {
    outputs.jobEnded(job, listener);
  }

  /** Whether more may come of any worker. */
  boolean isAnyOpen() {
    return outputs.isAnyOpen();
  }

  /** Empties the buffer, now or a bit at a time. */
  void forward(OutputBuffer output) {
    int worker = output.start().number();
    long listener = outputs.listener(worker);
    if (isCongested(listener)) {
      loop.timers().schedule(PAUSE_NANOS, () -> forward(output));
      return;
    }
    long dropped = output.takeDropped();
    List<String> lines = output.take();
    send(output, listener, lines, dropped);
    if (output.isEnding()) {
      sendBeginning(output);
    }
    if (output.takeEnd()) {
      outputs.ended(worker, output.isCut());
    }
    if (!lines.isEmpty() || output.rest()) {
      // Others have their turn before this one's next batch.
      loop.timers().schedule(0, () -> forward(output));
    } else {
      awaitEndOfLine(output);
    }
  }

  /** A line has begun: if it is the same one after a while, it is sent as far as it is. */
  private void awaitEndOfLine(OutputBuffer output) {
    long line = output.shownLine();
    if (line >= 0 && watched.add(output)) {
      loop.timers().schedule(UNENDED_NANOS, () -> endOfLineIsLate(output, line));
    }
  }

  private void endOfLineIsLate(OutputBuffer output, long line) {
    watched.remove(output);
    boolean isCongested = isCongested(outputs.listener(output.start().number()));
    if (output.shownLine() == line && !isCongested) {
      sendBeginning(output);
    } else {
      awaitEndOfLine(output);
    }
  }

  private void sendBeginning(OutputBuffer output) {
    String beginning = output.takeShown();
    if (beginning != null) {
      send(output, outputs.listener(output.start().number()), List.of(beginning), 0);
    }
  }

  private boolean isCongested(long listener) {
    LocalProcess driver = listener == 0 ? null : processes.find(listener);
    return driver != null && driver.isCongested();
  }

  private void send(OutputBuffer output, long listener, List<String> lines, long dropped) {
    if (listener == 0 || (lines.isEmpty() && dropped == 0)) {
      return;
    }
    boolean isActor = output.start().kind() == LeaseKind.ACTOR;
    router.send(
        router
            .packetTo(listener)
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

  private void outputEnded(int job, long listener, boolean isCut) {
    boolean isHere = ProcessAddress.node(listener) == identity.node();
    if (isHere && processes.find(listener) == null) {
      return;
    }
    List<Long> others = isHere ? otherRaylets.get() : List.of();
    router.send(
        router
            .packetTo(listener)
            .setOutputEnded(
                OutputEnded.newBuilder().setJob(job).addAllOthers(others).setIncomplete(isCut)));
  }
}
