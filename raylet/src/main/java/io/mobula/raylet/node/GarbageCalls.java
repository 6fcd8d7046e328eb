package io.mobula.raylet.node;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.CollectGarbage;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.ProcessTable;
import io.mobula.raylet.route.Router;

/**
 * While objects wait for room, asks the processes of this node to collect garbage: a program that
 * has dropped its references but not filled its heap would hold the store's memory for ever. At
 * most once a second. Owner thread: the raylet's loop.
 */
final class GarbageCalls {
  static final long LOOK_NANOS = 100_000_000L;
  static final long PAUSE_NANOS = 1_000_000_000L;

  private final LoopContext loop;
  private final Router router;
  private final ProcessTable processes;
  private final ObjectService objects;
  private boolean isStopped;

  GarbageCalls(LoopContext loop, Router router, ProcessTable processes, ObjectService objects) {
    this.loop = loop;
    this.router = router;
    this.processes = processes;
    this.objects = objects;
  }

  /** Goes on by itself. */
  void start() {
    loop.timers().schedule(LOOK_NANOS, this::look);
  }

  void stop() {
    isStopped = true;
  }

  private void look() {
    if (isStopped) {
      return;
    }
    boolean isShort = objects.usage().waitingCreates() > 0;
    if (isShort) {
      for (LocalProcess process : processes.all()) {
        router.send(
            router
                .packetTo(process.address())
                .setCollectGarbage(CollectGarbage.getDefaultInstance()));
      }
    }
    loop.timers().schedule(isShort ? PAUSE_NANOS : LOOK_NANOS, this::look);
  }
}
