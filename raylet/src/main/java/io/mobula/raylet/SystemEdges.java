package io.mobula.raylet;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.session.NodeDirectory;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.raylet.classpath.PackageCache;
import io.mobula.raylet.classpath.PackageStore;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.worker.WorkerCommand;
import io.mobula.raylet.worker.WorkerLauncher;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.rpc.GrpcDialer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The real world around a raylet: gRPC, processes, files. Any thread may use what it is made of.
 */
final class SystemEdges implements RayletEdges {
  private static final Logger LOG = System.getLogger(SystemEdges.class.getName());

  private final RayletParts parts;
  private final RayletConfig config;
  private final WorkerCommand command;
  private final GrpcDialer dialer;
  private final NodeStore store;
  private final Path logs;
  private final Consumer<NodeIdentity> onReady;
  private final Consumer<Failure> onEnded;

  /**
   * Makes the edges.
   *
   * @param parts what has been opened so far
   */
  SystemEdges(
      RayletParts parts,
      RayletConfig config,
      WorkerCommand command,
      Path logs,
      GrpcDialer dialer,
      NodeStore store,
      Consumer<NodeIdentity> onReady,
      Consumer<Failure> onEnded) {
    this.parts = parts;
    this.config = config;
    this.command = command;
    this.logs = logs;
    this.dialer = dialer;
    this.store = store;
    this.onReady = onReady;
    this.onEnded = onEnded;
  }

  /** A virtual thread a task. */
  static Executor threads() {
    return task -> Thread.ofVirtual().name("raylet-io").start(task);
  }

  @Override
  public void dial(String target, Hello hello, DialHandler handler) {
    dialer.connect(target, config.secret().hex(), hello, handler, parts.loop().executor());
  }

  @Override
  public WorkerProcesses workers(LoopExecutor loop, WorkerProcesses.Events events) {
    return new WorkerLauncher(command, parts.directory().path(), logs, loop, events);
  }

  @Override
  public PackageStore packages(LoopExecutor loop, PackageStore.Outcomes outcomes) {
    List<Path> runtime = command.runtimeClassPath().stream().map(Path::of).toList();
    return new PackageCache(parts.directory().packages(), runtime, loop, outcomes);
  }

  @Override
  public void processEnded(int number) {
    Path socket = NodeDirectory.processSocket(parts.directory().path(), number);
    threads()
        .execute(() -> {
          try {
            Files.deleteIfExists(socket);
          } catch (IOException e) {
            LOG.log(Level.WARNING, "a dead process''s socket is left: {0}", e.toString());
          }
        });
  }

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
