package io.mobula.driver;

import io.mobula.api.MobulaException;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Asks every raylet of a cluster who holds the memory of its node, several at a time. */
public final class MemoryQuestion {
  private static final int AT_ONCE_MAX = 16;

  private final String address;
  private final String secret;
  private final Duration timeout;

  /**
   * @param address of the GCS, as host:port
   * @param secret the cluster's
   * @param timeout for each node's answer; its processes have half of it
   */
  public MemoryQuestion(String address, String secret, Duration timeout) {
    this.address = address;
    this.secret = secret;
    this.timeout = timeout;
  }

  /**
   * Asks.
   *
   * @param objectCountMax how many objects each store and each process names: its largest
   * @return what the nodes said; those that did not answer are named in it
   * @throws MobulaException if the GCS can't be asked
   */
  public ClusterMemory ask(int objectCountMax) {
    ClusterSnapshot snapshot = new ClusterClient(address, secret, timeout).snapshot();
    Map<NodeDescription, Future<NodeMemoryReport>> answers = new LinkedHashMap<>();
    MemoryMerge merge = new MemoryMerge();
    Semaphore turns = new Semaphore(AT_ONCE_MAX);
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ask-node-", 1).factory())) {
      for (NodeState state : snapshot.getNodesList()) {
        NodeDescription node = state.getDescription();
        if (state.getPhase() == NodePhase.NODE_ALIVE) {
          answers.put(node, threads.submit(() -> askNode(node, objectCountMax, turns)));
        }
      }
      answers.forEach((node, answer) -> add(merge, node, answer));
    }
    return merge.result();
  }

  private NodeMemoryReport askNode(NodeDescription node, int objectCountMax, Semaphore turns)
      throws InterruptedException {
    turns.acquire();
    try {
      return new ClusterClient(node.getRpcAddress(), secret, timeout)
          .nodeMemory(objectCountMax, timeout.dividedBy(2));
    } finally {
      turns.release();
    }
  }

  private static void add(
      MemoryMerge merge, NodeDescription node, Future<NodeMemoryReport> answer) {
    try {
      merge.add(answer.get());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof MobulaException failure)) {
        throw new IllegalStateException("a node's answer can't be used", e.getCause());
      }
      merge.addSilent(node.getNumber(), node.getHostName(), String.valueOf(failure.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      merge.addSilent(node.getNumber(), node.getHostName(), "interrupted");
    }
  }
}
