package io.mobula.raylet;

import io.mobula.agent.loop.LoopContext;
import io.mobula.raylet.objects.NodeObjectService;
import io.mobula.raylet.objects.ObjectConfig;
import io.mobula.raylet.objects.ObjectEnvironment;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.store.file.StoreFile;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.spill.LocalDiskTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a node's object store: the file, and the service on it. Used on the raylet's loop; what
 * blocks runs on other threads.
 */
final class NodeStore {
  private static final Logger LOG = System.getLogger(NodeStore.class.getName());

  private final RayletParts parts;
  private final RayletConfig config;
  private final ObjectConfig objects;
  private final long sizeBytes;
  private final Executor threads;

  /**
   * @param parts what has been opened so far, and gets what is opened here
   * @param objects how it treats them
   * @param threads for what blocks
   */
  NodeStore(
      RayletParts parts,
      RayletConfig config,
      ObjectConfig objects,
      long sizeBytes,
      Executor threads) {
    this.parts = parts;
    this.config = config;
    this.objects = objects;
    this.sizeBytes = sizeBytes;
    this.threads = threads;
  }

  /** See {@link RayletEdges#makeStore}. */
  void make(int node, LoopContext loop, Consumer<Path> made, Consumer<String> failed) {
    threads.execute(() -> {
      try {
        StoreFile file =
            StoreFile.create(
                config.store().place(),
                parts.storeLabel(),
                StoreLayout.ofCapacity(sizeBytes),
                node);
        parts.setStoreFile(file);
        parts.directory().noteStoreFile(file.path());
        parts.setSpillTarget(
            LocalDiskTarget.create(
                parts
                    .directory()
                    .noteSpillFolders(config.spilling().directories(), parts.storeLabel())));
        post(loop, () -> made.accept(file.path()));
      } catch (IOException | RuntimeException | Error e) {
        // Whatever it is: who starts the node waits for an answer.
        post(
            loop,
            () ->
                failed.accept(
                    e.getMessage()
                        + ", store in="
                        + config.store().place().path()
                        + ", its notes in="
                        + parts.directory().path()
                        + "; make room there, or set raylet.object-store-directory and TMPDIR"));
      }
    });
  }

  /** See {@link RayletEdges#openStore}. */
  ObjectService open(long self, LoopContext loop, ObjectOutbox outbox) {
    try {
      return NodeObjectService.open(
          self,
          objects,
          parts.storeFile(),
          parts.dataServer(),
          DataSecret.of(config.secret().hex()),
          new ObjectEnvironment(
              outbox,
              loop.executor(),
              loop.timers(),
              loop.clock(),
              threads,
              NodeStore::findProcess,
              parts.spillTarget(),
              RayletParts.secureRandom()));
    } catch (IOException e) {
      throw new UncheckedIOException("the object store can't be opened", e);
    }
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
