package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.link.PacketHeader;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessStarted;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.worker.WorkerPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The links of this node's workers and drivers: who is let in, what they send, and that they are
 * gone. Owner thread: the raylet's loop.
 */
final class ProcessLinks {
  private static final Logger LOG = System.getLogger(ProcessLinks.class.getName());

  private final NodeIdentity identity;
  private final NodeGreeting greeting;
  private final LoopContext loop;
  private final NodeEvents events;
  private final LocalProcesses processes;
  private final NodeRouter router;
  private final ObjectService objects;
  private final WorkerPool pool;

  ProcessLinks(
      NodeGreeting greeting,
      LoopContext loop,
      NodeEvents events,
      LocalProcesses processes,
      NodeRouter router,
      ObjectService objects,
      WorkerPool pool) {
    this.identity = greeting.identity();
    this.greeting = greeting;
    this.loop = loop;
    this.events = events;
    this.processes = processes;
    this.router = router;
    this.objects = objects;
    this.pool = pool;
  }

  Greeter.Answer greetDriver(Hello hello) {
    int number = processes.nextNumber();
    long address = processes.addressOf(number);
    boolean sharesMemory = hello.getHostId().equals(identity.hostId());
    int holdTable = sharesMemory ? objects.assignHoldTable(address, hello.getPid()) : 0;
    return greeting.accept(
        address, holdTable, new Handler(address, ProcessKind.DRIVER, sharesMemory));
  }

  Greeter.Answer greetWorker(Hello hello) {
    int number = hello.getWorkerNumber();
    if (!pool.mayRegister(number)) {
      return greeting.refuse(FailureKind.INVALID, "no such worker is expected: number=" + number);
    }
    long address = processes.addressOf(number);
    int holdTable = objects.assignHoldTable(address, hello.getPid());
    return greeting.accept(address, holdTable, new Handler(address, ProcessKind.WORKER, true));
  }

  private final class Handler implements LinkHandler {
    private final long address;
    private final ProcessKind kind;
    private final boolean sharesMemory;

    Handler(long address, ProcessKind kind, boolean sharesMemory) {
      this.address = address;
      this.kind = kind;
      this.sharesMemory = sharesMemory;
    }

    @Override
    public void onOpen(Link link) {
      long pid = link.peerHello().getPid();
      LocalProcess process = new LocalProcess(address, kind, pid, sharesMemory, link);
      if (kind == ProcessKind.WORKER && !pool.mayRegister(ProcessAddress.process(address))) {
        link.close("this worker is no longer wanted");
        return;
      }
      processes.add(process);
      objects.processConnected(process);
      int job = 0;
      if (kind == ProcessKind.WORKER) {
        int number = ProcessAddress.process(address);
        job = pool.jobOf(number);
        pool.registered(number, pid, loop.nowNanos());
      }
      router.send(
          router
              .packetTo(ProcessAddress.GCS)
              .setProcessStarted(
                  ProcessStarted.newBuilder()
                      .setAddress(address)
                      .setKind(kind)
                      .setPid(pid)
                      .setJob(job)));
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      if (PacketHeader.isWellFormed(packet) && PacketHeader.from(packet) == address) {
        router.forward(packet);
      } else {
        LOG.log(
            Level.WARNING,
            "packet with another''s address dropped: sender={0}",
            ProcessAddress.describe(address));
      }
    }

    @Override
    public void onWritable(Link link) {
      objects.onWritable(address);
    }

    @Override
    public void onClosed(Link link, String reason) {
      LocalProcess process = processes.remove(link);
      if (process == null) {
        objects.processLeft(address);
        return;
      }
      if (kind == ProcessKind.WORKER) {
        // The pool knows more: it tells of the death once the process is gone too.
        pool.linkClosed(ProcessAddress.process(address), reason, loop.nowNanos());
        return;
      }
      events.add(
          new NodeEvent.Died(
              ProcessDied.newBuilder()
                  .setAddress(address)
                  .setKind(kind)
                  .setPid(process.pid())
                  .setHostName(identity.hostName())
                  .setReason("its link closed: " + reason)
                  .build()));
    }
  }
}
