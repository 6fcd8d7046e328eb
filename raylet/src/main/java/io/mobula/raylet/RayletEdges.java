package io.mobula.raylet;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.raylet.node.NodeEdges;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.objects.ObjectOutbox;
import io.mobula.raylet.objects.ObjectService;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The world around a raylet. Used on its loop; nothing blocks. */
interface RayletEdges extends NodeEdges {
  /**
   * Makes the store's file.
   *
   * @param made gets its path, on the loop
   * @param failed gets what went wrong, on the loop
   */
  void makeStore(int node, LoopContext loop, Consumer<Path> made, Consumer<String> failed);

  /** Serves the objects of the store whose file was made. */
  ObjectService openStore(long self, LoopContext loop, ObjectOutbox outbox);

  /** The node serves: whoever waits for it may go on. */
  void ready(NodeIdentity identity);

  /** The node has ended: nothing uses the store any more. Once, last. */
  void ended(Failure reason);
}
