package io.mobula.raylet.objects;

import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.Packet;
import java.util.List;

/**
 * The node's objects, as the raylet's loop uses them. Owner thread: the raylet's loop, for every
 * method. No method blocks and none calls back before it returns, except into the {@link
 * ObjectOutbox}.
 *
 * <p>Answers and notices leave through the outbox. A process that has shared memory gets {@link
 * io.mobula.proto.ObjectAvailable} for a fetch, one without gets {@link
 * io.mobula.proto.ObjectPiece}s, each with the fetch's correlation, as fast as its link takes them;
 * its hold ends with the last.
 */
public interface ObjectService extends AutoCloseable {

  /**
   * Gives a process that is about to open its link a hold table.
   *
   * @return the table's number plus one, or 0 if there is none for it
   */
  int assignHoldTable(long client, long pid);

  /** A process was given a hold table, and did not come after all; does nothing if it had none. */
  void processLeft(long client);

  /** A worker or driver of this node opened its link; before any packet of it. */
  void processConnected(ObjectClient client);

  /** The link of a client was congested and is no more. */
  void onWritable(long client);

  /**
   * A packet addressed to this raylet.
   *
   * @return whether it was one of the store's (create, seal, abort, fetch, release, notice, free,
   *     piece); if not, nothing was done
   */
  boolean onPacket(Packet packet);

  /**
   * A process of the cluster, or a raylet and so its whole node, is dead. Its holds, waits and
   * unsealed objects are dropped; so are all objects that it owned, as soon as nobody holds them.
   */
  void processDied(long address);

  /**
   * The way to an owner on another node, or to all of a node, was lost for too long. It may live,
   * and is told again what it has here.
   */
  void ownerGivenUp(long address);

  /** A node of the cluster, this one too, or a change of its description. */
  void nodeAdded(NodeDescription node);

  /** Figures of this moment. */
  ObjectUsage usage();

  /** The processes, of this node and others, that own objects here. */
  List<Long> owners();

  /** The store's figures and its largest objects, for people. */
  NodeMemoryReport.Builder listing(int objectCountMax);

  /**
   * Ends all transfers and stops serving objects to other nodes. The store file is the caller's to
   * close, after {@code whenIdle} ran: it runs on the loop once no thread touches the mapping.
   */
  void close(Runnable whenIdle);

  /** As {@link #close(Runnable)} with nothing to do afterwards. */
  @Override
  default void close() {
    close(() -> {});
  }
}
