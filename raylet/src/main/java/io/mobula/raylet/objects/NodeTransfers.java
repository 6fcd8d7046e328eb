package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.StoreFileRange;
import io.mobula.raylet.transfer.DataClient;
import io.mobula.raylet.transfer.DataConfig;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.transfer.DataServer;
import io.mobula.raylet.transfer.ObjectSource;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOrder;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.HeapRange;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transfers of a node, in both directions: carries out what the object table wants moved, and
 * asks it for what other nodes want.
 *
 * <p>Owner thread: the raylet's loop. Transfer threads touch the mapping only between an order and
 * its outcome, or between an answer and the closing of its ticket.
 */
final class NodeTransfers implements LoopObjectSource.Desk {

  private static final System.Logger LOG = System.getLogger(NodeTransfers.class.getName());

  private final int selfNode;
  private final Path storeFile;
  private final StoreMapping mapping;
  private final ObjectEnvironment environment;
  private final @Nullable DataServer server;
  private final PeerStores peers;
  private final DataClient client;
  private final Events events;
  private final Map<Transfer, Runnable> transfers = new HashMap<>();
  private final Map<Long, LoopObjectSource.Ticket> tickets = new HashMap<>();
  private long lastTicket;

  /**
   * @param self the raylet's address
   * @param storeFile what is mapped
   * @param server bound; closed by this; null if no other node reads here
   * @param background touches memory ahead, a task at a time
   */
  NodeTransfers(
      long self,
      DataConfig config,
      Path storeFile,
      StoreMapping mapping,
      @Nullable DataServer server,
      DataSecret secret,
      ObjectEnvironment environment,
      SerialExecutor background,
      Events events) {
    this.selfNode = ProcessAddress.node(self);
    this.storeFile = storeFile;
    this.mapping = mapping;
    this.environment = environment;
    this.server = server;
    this.events = events;
    this.peers = new PeerStores(config.idleTimeout(), environment.clock(), background);
    this.client =
        new DataClient(
            config,
            secret,
            peers,
            environment.random(),
            environment.clock(),
            environment.loop(),
            environment.threads());
  }

  /** Begins to serve other nodes. Once. */
  void serve() {
    if (server != null) {
      server.serve(selfNode, new LoopObjectSource(environment.loop(), this));
    }
  }

  void start(ObjectEffect.StartTransfer start) {
    Transfer transfer = new Transfer(start.key(), start.attempt());
    PartRequest part =
        new PartRequest(
            start.key(),
            start.objectBytes(),
            start.firstByte(),
            start.destination().sizeBytes(),
            selfNode,
            false,
            start.taskAttempt());
    PullOrder order =
        new PullOrder(
            part, start.node(), start.address(), start.stamp(), mapping.part(start.destination()));
    Runnable cancel =
        client.start(
            order,
            outcome -> {
              transfers.remove(transfer);
              events.transferEnded(start.key(), start.attempt(), outcome);
            });
    transfers.put(transfer, cancel);
  }

  void cancel(ObjectEffect.CancelTransfer effect) {
    Runnable cancel = transfers.get(new Transfer(effect.key(), effect.attempt()));
    if (cancel != null) {
      cancel.run();
    }
  }

  void answer(ObjectEffect.Serve serve) {
    LoopObjectSource.Ticket ticket = ticket(serve.ticket());
    Runnable close = () -> environment.loop().post(() -> close(ticket));
    HeapRange range = serve.range();
    StoreFileRange file =
        StoreFileRange.newBuilder()
            .setPath(storeFile.toString())
            .setFirstByte(range.offset())
            .setNode(selfNode)
            .build();
    ticket.answers.add(
        new ObjectSource.Answer.Found(serve.report(), mapping.part(range), file, close));
  }

  void answer(long number, SourceReport later) {
    ticket(number).answers.add(new ObjectSource.Answer.Absent(later));
  }

  void answer(ObjectEffect.RefuseServe refuse) {
    ticket(refuse.ticket()).answers.add(new ObjectSource.Answer.Missing(refuse.failure()));
  }

  /** Ends what takes too long. About every second. */
  void expire(long nowNanos) {
    if (server != null) {
      server.expire(nowNanos);
    }
    client.expire(nowNanos);
    peers.expire(nowNanos);
  }

  /** Ends all transfers and stops serving. They are over when {@link #isIdle} says so. */
  void close() {
    if (server != null) {
      server.close();
    }
    client.close();
    // Their threads wait for answers that will not come any more.
    for (LoopObjectSource.Ticket ticket : tickets.values()) {
      if (ticket.answers.offer(new ObjectSource.Answer.Ending())) {
        LOG.log(Level.DEBUG, "a reader is turned away: part={0}", ticket.request);
      }
    }
  }

  /** Unmaps other nodes' stores; when idle. */
  void closeFiles() {
    peers.close();
  }

  /** Whether no thread touches the mapping. */
  boolean isIdle() {
    return transfers.isEmpty() && tickets.isEmpty();
  }

  @Override
  public void open(LoopObjectSource.Ticket ticket) {
    ticket.number = ++lastTicket;
    tickets.put(ticket.number, ticket);
    events.serve(ticket.number, ticket.request);
  }

  @Override
  public void close(LoopObjectSource.Ticket ticket) {
    tickets.remove(ticket.number);
    events.closeServe(ticket.number, ticket.request.key());
  }

  private LoopObjectSource.Ticket ticket(long number) {
    LoopObjectSource.Ticket ticket = tickets.get(number);
    if (ticket == null) {
      throw new IllegalStateException("No such ticket: number=" + number);
    }
    return ticket;
  }

  private record Transfer(ObjectKey key, int attempt) {}

  /** What happens, for the object table. On the loop. */
  interface Events {

    /** A transfer does not touch its range any more. */
    void transferEnded(ObjectKey key, int attempt, PullOutcome outcome);

    /** Another node wants a part; to be answered under the ticket. */
    void serve(long ticket, PartRequest request);

    /** It has read the part, or has gone. */
    void closeServe(long ticket, ObjectKey key);
  }
}
