package io.mobula.driver;

import java.util.List;

/**
 * Who holds a cluster's memory, in plain values: what {@code mobula memory} shows. Immutable.
 *
 * @param totals of all nodes together
 * @param nodes that are alive, each with its store
 * @param processes drivers and workers of these nodes
 * @param objects the largest first; each once, with all its copies and references. Of each store
 *     and each process those are known that are at least as large as its smallest here.
 * @param isTruncated whether there are more objects than those
 */
public record ClusterMemory(
    Totals totals,
    List<Node> nodes,
    List<Process> processes,
    List<Item> objects,
    boolean isTruncated) {
  /** Copies the lists. */
  public ClusterMemory {
    nodes = List.copyOf(nodes);
    processes = List.copyOf(processes);
    objects = List.copyOf(objects);
  }

  /**
   * What stores hold. The bytes of objects in memory are those of their blocks, so that used is the
   * sum of primary, held, evictable, writing and deleting.
   *
   * @param primaryBytes primary copies, which stay until their owners free them
   * @param heldBytes secondary copies that somebody reads
   * @param evictableBytes secondary copies that nobody reads
   * @param writingBytes objects that are being written
   * @param deletingBytes freed objects that are still being read
   * @param objectCount copies in memory
   * @param spilledBytes primary copies on disk
   * @param spilledCount how many those are
   * @param waitingCount objects that wait for room
   */
  public record Totals(
      long capacityBytes,
      long usedBytes,
      long freeBytes,
      long primaryBytes,
      long heldBytes,
      long evictableBytes,
      long writingBytes,
      long deletingBytes,
      long objectCount,
      long spilledBytes,
      long spilledCount,
      long waitingCount) {}

  /**
   * A node.
   *
   * @param problem why it did not answer; empty if it did, and then its figures count
   * @param backlogs nodes that are behind with what this one sends them
   */
  public record Node(
      int number, String host, String problem, Totals store, List<Backlog> backlogs) {
    /** Copies the list. */
    public Node {
      backlogs = List.copyOf(backlogs);
    }
  }

  /**
   * What a raylet keeps in its heap for another node, which has not said that it has it.
   *
   * @param node the other one
   */
  public record Backlog(int node, long bytes) {}

  /**
   * A driver or worker.
   *
   * @param id node and number, as in logs
   * @param kind driver, worker, actor, or a retained worker, which has nothing to do and stays for
   *     what it owns
   * @param name the program, or the actor's class; empty for a worker that runs tasks
   * @param hasAnswered whether it said in time what it refers to
   * @param objectCount objects that it knows, owned or borrowed
   * @param ownedCount objects that it owns
   * @param inlineBytes small values that it keeps in its heap
   * @param lineageCount finished tasks that it keeps to make lost results again
   * @param lineageBytes what those take in its heap
   */
  public record Process(
      String id,
      int node,
      String kind,
      long pid,
      int job,
      String name,
      boolean hasAnswered,
      long objectCount,
      long ownedCount,
      long inlineBytes,
      long lineageCount,
      long lineageBytes) {}

  /**
   * An object.
   *
   * @param owner the process that made it and answers for it
   * @param state in a word: writing, stored, spilled, deleting, inline, waiting or failed
   * @param task the task that makes it; empty if it was put, or its owner did not say
   * @param callSite the line of user code that made it; empty if it was not noted
   * @param copies in stores
   * @param references in processes that know it
   */
  public record Item(
      String id,
      long sizeBytes,
      String owner,
      String state,
      String task,
      String callSite,
      List<Copy> copies,
      List<Reference> references) {
    /** Copies the lists. */
    public Item {
      copies = List.copyOf(copies);
      references = List.copyOf(references);
    }
  }

  /**
   * An object in a node's store.
   *
   * @param state writing, primary, secondary, spilled or deleting
   * @param isInMemory false for what is on disk alone
   * @param writer the process that wrote it, or the node that pulled it or read it back from disk;
   *     empty if it is on disk alone
   * @param holders processes that read it or have it mapped, or the node while it sends it
   */
  public record Copy(
      int node, String state, boolean isInMemory, String writer, List<String> holders) {
    /** Copies the list. */
    public Copy {
      holders = List.copyOf(holders);
    }
  }

  /**
   * What needs an object in one process.
   *
   * @param process the process
   * @param isOwner whether it is the owner; else it is a borrower
   * @param state as that process knows it: inline, stored, waiting or failed
   * @param hasHandle whether its program can reach a reference
   * @param isTaskPending whether the task that makes it has not ended, or runs again
   * @param argumentCount pending tasks, calls and living actors that have it as argument
   * @param lineageCount kept tasks that need it to run again, and can't make it
   * @param borrowerCount processes that refer to it, if this is its owner
   * @param borrowers the first few of those
   * @param enclosingCount objects whose values refer to it
   * @param enclosing the first few of those
   * @param otherCount uses of other kinds, such as a reference in a message
   */
  public record Reference(
      String process,
      boolean isOwner,
      String state,
      boolean hasHandle,
      boolean isTaskPending,
      int argumentCount,
      int lineageCount,
      int borrowerCount,
      List<String> borrowers,
      int enclosingCount,
      List<String> enclosing,
      int otherCount) {
    /** Copies the lists. */
    public Reference {
      borrowers = List.copyOf(borrowers);
      enclosing = List.copyOf(enclosing);
    }
  }
}
