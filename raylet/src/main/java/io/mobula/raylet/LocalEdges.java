package io.mobula.raylet;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.raylet.classpath.PackageCache;
import io.mobula.raylet.classpath.PackageStore;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.worker.WorkerProcesses;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The world around a raylet that shares its process with all of its cluster: links in memory,
 * workers on threads; only its object store is a file. Any thread may use what it is made of.
 */
final class LocalEdges implements RayletEdges {
  private final RayletParts parts;
  private final InProcess process;
  private final NodeStore store;
  private final Consumer<NodeIdentity> onReady;
  private final Consumer<Failure> onEnded;

  LocalEdges(
      RayletParts parts,
      InProcess process,
      NodeStore store,
      Consumer<NodeIdentity> onReady,
      Consumer<Failure> onEnded) {
    this.parts = parts;
    this.process = process;
    this.store = store;
    this.onReady = onReady;
    this.onEnded = onEnded;
  }

  /** The only daemon that there is to dial is the GCS: the cluster has one node. */
  @Override
  public void dial(String target, Hello hello, DialHandler handler) {
    parts.loop().links().connect(process.gcs(), hello, handler);
  }

  @Override
  public WorkerProcesses workers(LoopExecutor loop, WorkerProcesses.Events events) {
    return process.workers().open(loop, events);
  }

  @Override
  public PackageStore packages(LoopExecutor loop, PackageStore.Outcomes outcomes) {
    return new PackageCache(parts.directory().packages(), List.of(), loop, outcomes);
  }

  /** It had no socket. */
  @Override
  public void processEnded(int number) {}

  @Override
  public void makeStore(int node, LoopContext loop, Consumer<Path> made, Consumer<String> failed) {
    store.make(node, loop, made, failed);
  }

  @Override
  public ObjectService openStore(long self, LoopContext loop, ObjectOutbox outbox) {
    return store.open(self, loop, outbox);
  }

  @Override
  public void ready(NodeIdentity identity) {
    onReady.accept(identity);
  }

  @Override
  public void ended(Failure reason) {
    onEnded.accept(reason);
  }
}
