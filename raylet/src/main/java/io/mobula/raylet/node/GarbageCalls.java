package io.mobula.raylet.node;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.CollectGarbage;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.ProcessTable;
import io.mobula.raylet.route.Router;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * While objects wait for room, asks processes to collect garbage: a program that has dropped its
 * references but not filled its heap would hold the store's memory for ever. Those of this node are
 * asked once a second; those of other nodes that own something here, at first and every few
 * seconds. Owner thread: the raylet's loop.
 */
final class GarbageCalls {
  static final long LOOK_NANOS = 100_000_000L;
  static final long PAUSE_NANOS = 1_000_000_000L;
  private static final int CALLS_FOR_ONE_ELSEWHERE = 4;

  private final LoopContext loop;
  private final Router router;
  private final ProcessTable processes;
  private final ObjectService objects;
  private boolean isStopped;
  private int calls;

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
      call(calls++ % CALLS_FOR_ONE_ELSEWHERE == 0);
    } else {
      calls = 0;
    }
    loop.timers().schedule(isShort ? PAUSE_NANOS : LOOK_NANOS, this::look);
  }

  private void call(boolean isElsewhereToo) {
    Set<Long> asked = new LinkedHashSet<>();
    processes.all().forEach(process -> asked.add(process.address()));
    if (isElsewhereToo) {
      asked.addAll(objects.owners());
    }
    for (long process : asked) {
      router.send(router.packetTo(process).setCollectGarbage(CollectGarbage.getDefaultInstance()));
    }
  }
}
