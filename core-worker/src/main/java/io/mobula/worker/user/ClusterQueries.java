package io.mobula.worker.user;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ClusterNode;
import io.mobula.proto.GetCluster;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.Packet;
import io.mobula.proto.Resources;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.Rendezvous;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Questions to the GCS from user threads. Thread-safe. */
public final class ClusterQueries {
  private final Waiting waiting;

  public ClusterQueries(Waiting waiting) {
    this.waiting = waiting;
  }

  /** Sends a request and waits for the answer, which may be a Refusal. */
  public Packet ask(long to, Packet.Builder request, String what) {
    Rendezvous<Packet> answer = new Rendezvous<>();
    try {
      return waiting.ask(new CoreMessage.Ask(to, request, answer), answer);
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted(what);
    }
  }

  List<ClusterNode> nodes() {
    List<ClusterNode> nodes = new ArrayList<>();
    for (NodeState state : states()) {
      nodes.add(
          new ClusterNode(
              Integer.toUnsignedString(state.getDescription().getNumber()),
              state.getDescription().getRpcAddress(),
              state.getDescription().getIsHead(),
              state.getPhase() == NodePhase.NODE_ALIVE,
              amounts(state.getDescription().getTotal()),
              amounts(state.getAvailable())));
    }
    return nodes;
  }

  Map<String, Double> total() {
    return sum(states(), state -> state.getDescription().getTotal());
  }

  Map<String, Double> available() {
    return sum(states(), NodeState::getAvailable);
  }

  private List<NodeState> states() {
    Packet answer =
        ask(
            ProcessAddress.GCS,
            Packet.newBuilder().setGetCluster(GetCluster.getDefaultInstance()),
            "the state of the cluster");
    if (answer.hasRefusal()) {
      throw FailureExceptions.toException(answer.getRefusal().getFailure(), null);
    }
    return answer.getClusterSnapshot().getNodesList();
  }

  private static Map<String, Double> sum(
      List<NodeState> states, java.util.function.Function<NodeState, Resources> part) {
    Map<String, Double> sum = new TreeMap<>();
    for (NodeState state : states) {
      if (state.getPhase() == NodePhase.NODE_ALIVE) {
        amounts(part.apply(state)).forEach((name, amount) -> sum.merge(name, amount, Double::sum));
      }
    }
    return sum;
  }

  private static Map<String, Double> amounts(Resources resources) {
    Map<String, Double> amounts = new TreeMap<>();
    resources
        .getAmountsMap()
        .forEach((name, units) -> amounts.put(name, units / (double) ActorSpecs.UNIT));
    return amounts;
  }
}
