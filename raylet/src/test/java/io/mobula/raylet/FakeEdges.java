package io.mobula.raylet;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.raylet.classpath.Inspection;
import io.mobula.raylet.classpath.PackageStore;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.worker.JobJvm;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.raylet.worker.WorkerStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A world without processes, files or networks: the test plays them. */
final class FakeEdges implements RayletEdges, WorkerProcesses, PackageStore {
  final FakeObjects objects = new FakeObjects();
  final Map<Integer, WorkerStart> launched = new LinkedHashMap<>();
  final Map<Integer, Map<String, String>> settings = new LinkedHashMap<>();
  final Map<Integer, List<String>> classPaths = new LinkedHashMap<>();
  final Map<Integer, List<String>> jvmOptions = new LinkedHashMap<>();
  final List<String> signals = new ArrayList<>();
  final List<Integer> endedProcesses = new ArrayList<>();
  final Map<String, byte[]> packages = new LinkedHashMap<>();
  @Nullable NodeIdentity identity;
  @Nullable Failure endReason;
  private final Supplier<LoopContext> loop;
  private WorkerProcesses.@Nullable Events workerEvents;
  private PackageStore.@Nullable Outcomes packageOutcomes;

  FakeEdges(Supplier<LoopContext> loop) {
    this.loop = loop;
  }

  WorkerProcesses.Events workerEvents() {
    return Objects.requireNonNull(workerEvents);
  }

  @Override
  public void dial(String target, Hello hello, DialHandler handler) {
    loop.get().links().connect(Path.of(target), hello, handler);
  }

  @Override
  public WorkerProcesses workers(LoopExecutor executor, WorkerProcesses.Events events) {
    workerEvents = events;
    return this;
  }

  @Override
  public PackageStore packages(LoopExecutor executor, PackageStore.Outcomes outcomes) {
    packageOutcomes = outcomes;
    return this;
  }

  @Override
  public void processEnded(int number) {
    endedProcesses.add(number);
  }

  @Override
  public void makeStore(
      int node, LoopContext context, Consumer<Path> made, Consumer<String> failed) {
    post(() -> made.accept(Path.of("/store")));
  }

  @Override
  public ObjectService openStore(long self, LoopContext context, ObjectOutbox outbox) {
    return objects;
  }

  @Override
  public void ready(NodeIdentity who) {
    identity = who;
  }

  @Override
  public void ended(Failure reason) {
    endReason = reason;
  }

  @Override
  public void launch(WorkerStart start, JobJvm job, Map<String, String> environment) {
    launched.put(start.number(), start);
    classPaths.put(start.number(), job.classPath());
    jvmOptions.put(start.number(), job.options());
    settings.put(start.number(), environment);
    post(() -> workerEvents().launched(start.number(), 1_000 + start.number()));
  }

  @Override
  public void terminate(int number) {
    signals.add("terminate " + number);
  }

  @Override
  public void kill(int number) {
    signals.add("kill " + number);
  }

  @Override
  public void close() {
    signals.add("closed");
  }

  @Override
  public String pathOf(String sha256) {
    return "/packages/" + sha256;
  }

  @Override
  public void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries) {
    List<Inspection> findings =
        entries.stream().map(entry -> isSameHost ? Inspection.USABLE : Inspection.MISSING).toList();
    post(() -> Objects.requireNonNull(packageOutcomes).inspected(job, findings));
  }

  @Override
  public void write(String sha256, long offset, byte[] data, boolean isLast) {
    packages.put(sha256, data);
    post(() ->
        Objects.requireNonNull(packageOutcomes).chunkWritten(sha256, offset + data.length, isLast));
  }

  @Override
  public void delete(String sha256) {
    packages.remove(sha256);
  }

  private void post(Runnable action) {
    if (!loop.get().executor().post(action)) {
      throw new IllegalStateException("the loop has ended");
    }
  }
}
