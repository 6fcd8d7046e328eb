package io.mobula.raylet.node;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.CollectGarbage;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Asks processes to collect garbage when {@link GarbagePolicy} says so: those of this node, and at
 * times those of other nodes that own something here. Owner thread: the raylet's loop.
 */
final class GarbageCalls {
  static final long LOOK_NANOS = 100_000_000L;

  private final LoopContext loop;
  private final NodeRouter router;
  private final LocalProcesses processes;
  private final ObjectService objects;
  private final GarbagePolicy policy = new GarbagePolicy();
  private boolean isStopped;

  GarbageCalls(
      LoopContext loop, NodeRouter router, LocalProcesses processes, ObjectService objects) {
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
    switch (policy.decide(objects.usage(), loop.nowNanos())) {
      case NOTHING -> {}
      case IN_PASSING -> call(false, false);
      case URGENT -> call(true, false);
      case URGENT_EVERYWHERE -> call(true, true);
    }
    loop.timers().schedule(LOOK_NANOS, this::look);
  }

  private void call(boolean isUrgent, boolean isElsewhereToo) {
    Set<Long> asked = new LinkedHashSet<>();
    processes.all().forEach(process -> asked.add(process.address()));
    if (isElsewhereToo) {
      asked.addAll(objects.owners());
    }
    CollectGarbage call = CollectGarbage.newBuilder().setUrgent(isUrgent).build();
    for (long process : asked) {
      router.send(router.packetTo(process).setCollectGarbage(call));
    }
  }
}
