package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.FailureKind;
import io.mobula.proto.JobConfig;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessMemory;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.worker.JobJvm;
import io.mobula.raylet.worker.LastWords;
import io.mobula.raylet.worker.OutputBuffer;
import io.mobula.raylet.worker.WorkerDeath;
import io.mobula.raylet.worker.WorkerEffects;
import io.mobula.raylet.worker.WorkerLimits;
import io.mobula.raylet.worker.WorkerPool;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.raylet.worker.WorkerStart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link WorkerPool}'s effects to processes, and what happens to those to its events. Owner thread:
 * the raylet's loop.
 */
final class WorkerAdapter implements WorkerEffects, WorkerProcesses.Events {
  private final NodeIdentity identity;
  private final LoopContext loop;
  private final NodeEvents events;
  private final LocalProcesses processes;
  private final NodeJobs jobs;
  private final LogAdapter logs;
  private final WorkerProcesses launcher;
  private final WorkerLimits limits;
  private final WorkerPool pool;
  private final Map<Integer, List<String>> classPaths = new HashMap<>();

  /** Of processes that are gone and whose death has not been told. */
  private final Map<Integer, LastWords> lastWords = new HashMap<>();

  WorkerAdapter(
      NodeIdentity identity,
      WorkerLimits limits,
      LoopContext loop,
      NodeEvents events,
      LocalProcesses processes,
      NodeJobs jobs,
      LogAdapter logs,
      NodeEdges edges) {
    this.identity = identity;
    this.loop = loop;
    this.events = events;
    this.processes = processes;
    this.jobs = jobs;
    this.logs = logs;
    this.launcher = edges.workers(loop.executor(), this);
    this.limits = limits;
    this.pool = new WorkerPool(limits, processes::nextNumber, this);
  }

  WorkerPool pool() {
    return pool;
  }

  void classPathReady(int job, List<String> classPath) {
    classPaths.put(job, classPath);
    pool.classPathReady(job, loop.nowNanos());
  }

  void jobEnded(int job, String reason, long listener) {
    classPaths.remove(job);
    pool.jobEnded(job, reason, loop.nowNanos());
    logs.jobEnded(job, listener);
  }

  /** What is known of a process, for people. */
  ProcessMemory.Builder describe(LocalProcess process) {
    int number = ProcessAddress.process(process.address());
    boolean isDriver = process.kind() == ProcessKind.DRIVER;
    int job = isDriver ? jobs.ofDriver(process.address()) : pool.jobOf(number);
    JobConfig config = jobs.find(job);
    String program = config == null ? "" : config.getEntrypoint();
    return ProcessMemory.newBuilder()
        .setJob(job)
        .setIsRetained(pool.isRetained(number))
        .setName(isDriver ? program : pool.actorOf(number));
  }

  /** Kills what is left. */
  void close() {
    launcher.close();
  }

  @Override
  public void prepareClassPath(int job) {
    events.add(new NodeEvent.ClassPathWanted(job));
  }

  @Override
  public void launch(WorkerStart start) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("MOBULA_WORKER_NUMBER", Integer.toUnsignedString(start.number()));
    settings.put("MOBULA_NODE_DIRECTORY", identity.nodeDirectory());
    settings.put("MOBULA_RAYLET_SOCKET", identity.rayletSocket());
    settings.put("MOBULA_JOB", Integer.toUnsignedString(start.job()));
    settings.put("MOBULA_NODE", Integer.toUnsignedString(identity.node()));
    settings.put("MOBULA_STORE_PATH", identity.storePath());
    settings.put("MOBULA_NAMESPACE", jobs.namespace(start.job()));
    settings.put("MOBULA_HOST_ID", identity.hostId());
    settings.put(
        "MOBULA_RECORD_CALL_SITES", Boolean.toString(jobs.isRecordingCallSites(start.job())));
    if (start.kind() != LeaseKind.ACTOR) {
      settings.put("MOBULA_SLOTS", Integer.toString(limits.slots(start.kind())));
    }
    JobJvm jvm =
        new JobJvm(
            classPaths.getOrDefault(start.job(), List.of()), jobs.workerJvmOptions(start.job()));
    logs.launching(start);
    launcher.launch(start, jvm, settings);
  }

  @Override
  public void askToRetire(int number, long question) {
    events.add(new NodeEvent.RetirementAsked(processes.addressOf(number), question));
  }

  @Override
  public void terminate(int number) {
    launcher.terminate(number);
  }

  @Override
  public void kill(int number) {
    launcher.kill(number);
  }

  @Override
  public void slotReady(long lease, int worker) {
    events.add(new NodeEvent.SlotReady(lease, processes.addressOf(worker)));
  }

  @Override
  public void slotFailed(long lease, FailureKind kind, String message) {
    events.add(new NodeEvent.SlotFailed(lease, kind, message));
  }

  @Override
  public void died(WorkerDeath death) {
    LastWords last = lastWords.remove(death.number());
    if (death.wasRegistered()) {
      events.add(
          new NodeEvent.WorkerDied(
              ProcessDied.newBuilder()
                  .setAddress(processes.addressOf(death.number()))
                  .setKind(ProcessKind.WORKER)
                  .setPid(death.pid())
                  .setHostName(identity.hostName())
                  .setReason(death.reason())
                  .setIsExpected(death.isExpected())
                  .build(),
              last == null ? LastWords.NONE : last));
    }
  }

  @Override
  public void launched(int number, long pid) {
    pool.launched(number, pid);
  }

  @Override
  public void launchFailed(int number, String message) {
    logs.launchFailed(number);
    pool.launchFailed(number, message, loop.nowNanos());
  }

  @Override
  public void exited(int number, String status, LastWords last) {
    boolean isSilent = last.errorLines().isEmpty();
    lastWords.put(number, last);
    // Owners of tasks get the lines with the end of their leases; others by the reason alone.
    boolean hasLeases = !pool.mayRegister(number) && pool.actorOf(number).isEmpty();
    String reason =
        isSilent || hasLeases
            ? status
            : status + "; its last words: " + String.join(" | ", last.errorLines());
    pool.exited(number, reason, loop.nowNanos());
  }

  @Override
  public void wrote(OutputBuffer output) {
    logs.forward(output);
  }
}
