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
import io.mobula.raylet.objects.NodeObjectService;
import io.mobula.raylet.objects.ObjectConfig;
import io.mobula.raylet.objects.ObjectEnvironment;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.transfer.DataConfig;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.worker.WorkerCommand;
import io.mobula.raylet.worker.WorkerLauncher;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.rpc.GrpcDialer;
import io.mobula.store.file.StoreFile;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.spill.LocalDiskTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The real world around a raylet: gRPC, processes, files. Any thread may use what it is made of.
 */
final class SystemEdges implements RayletEdges {
  private static final Logger LOG = System.getLogger(SystemEdges.class.getName());

  private final RayletParts parts;
  private final RayletConfig config;
  private final NodeSize size;
  private final WorkerCommand command;
  private final GrpcDialer dialer;
  private final DataConfig data;
  private final Path logs;
  private final Consumer<NodeIdentity> onReady;
  private final Consumer<Failure> onEnded;

  /**
   * Makes the edges.
   *
   * @param parts what has been opened so far, and gets what is opened here
   */
  SystemEdges(
      RayletParts parts,
      RayletConfig config,
      NodeSize size,
      WorkerCommand command,
      Path logs,
      GrpcDialer dialer,
      DataConfig data,
      Consumer<NodeIdentity> onReady,
      Consumer<Failure> onEnded) {
    this.parts = parts;
    this.config = config;
    this.size = size;
    this.command = command;
    this.logs = logs;
    this.dialer = dialer;
    this.data = data;
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
    threads()
        .execute(() -> {
          try {
            StoreFile file =
                StoreFile.create(
                    config.store().place(),
                    parts.storeLabel(),
                    StoreLayout.ofCapacity(size.storeBytes()),
                    node);
            parts.setStoreFile(file);
            parts.directory().noteStoreFile(file.path());
            parts.setSpillTarget(
                LocalDiskTarget.create(
                    parts
                        .directory()
                        .noteSpillFolders(config.spilling().directories(), parts.storeLabel())));
            post(loop, () -> made.accept(file.path()));
          } catch (IOException | IllegalArgumentException e) {
            post(loop, () -> failed.accept(String.valueOf(e.getMessage())));
          }
        });
  }

  @Override
  public ObjectService openStore(long self, LoopContext loop, ObjectOutbox outbox) {
    try {
      return NodeObjectService.open(
          self,
          ObjectConfig.ofCapacity(size.storeBytes(), config.spilling().bounds())
              .growingAhead(size.storeBytes())
              .withPullGrace(config.peerGrace())
              .withData(data),
          parts.storeFile(),
          parts.dataServer(),
          DataSecret.of(config.secret().hex()),
          new ObjectEnvironment(
              outbox,
              loop.executor(),
              loop.timers(),
              loop.clock(),
              threads(),
              SystemEdges::findProcess,
              parts.spillTarget(),
              RayletParts.secureRandom()));
    } catch (IOException e) {
      throw new UncheckedIOException("the object store can't be opened", e);
    }
  }

  @Override
  public void ready(NodeIdentity identity) {
    onReady.accept(identity);
  }

  @Override
  public void ended(Failure reason) {
    onEnded.accept(reason);
  }

  private static @Nullable BooleanSupplier findProcess(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    return process == null ? null : process::isAlive;
  }

  private static void post(LoopContext loop, Runnable action) {
    if (!loop.executor().post(action)) {
      LOG.log(Level.DEBUG, "the store was made after the raylet's end");
    }
  }
}
