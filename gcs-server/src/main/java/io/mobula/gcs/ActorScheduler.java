package io.mobula.gcs;

import io.mobula.agent.id.ObjectKey;
import io.mobula.gcs.ActorPlacementPolicy.Candidate;
import io.mobula.gcs.state.ClusterStateMachine;
import io.mobula.gcs.state.ResourceAmounts;
import io.mobula.proto.ActorAssigned;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorStage;
import io.mobula.proto.NodeState;
import io.mobula.proto.Resources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides which of the waiting actors go where, from the state and the loads as they are. It
 * changes neither: a decision is a command. An actor that does not fit does not hold up those
 * behind it.
 *
 * <p>Amounts of actors whose placement is on its way are taken off what their node said it has
 * free: it may not have known of them.
 */
final class ActorScheduler {
  private ActorScheduler() {}

  /** At most {@code countMax} decisions. */
  static List<ActorAssigned> decide(ClusterStateMachine state, NodeLoads loads, int countMax) {
    if (state.actors().unplaced().isEmpty()) {
      return List.of();
    }
    Map<Integer, Candidate> candidates = candidates(state, loads);
    List<ActorAssigned> decisions = new ArrayList<>();
    Set<Resources> blocked = new HashSet<>();
    for (ObjectKey id : state.actors().unplaced()) {
      ActorRecord actor = state.actors().find(id).orElseThrow();
      Resources request = actor.getSpec().getResources();
      if (blocked.contains(request)) {
        continue;
      }
      Optional<Integer> node = ActorPlacementPolicy.choose(request, candidates.values());
      if (node.isEmpty()) {
        blocked.add(request);
        continue;
      }
      candidates.computeIfPresent(node.get(), (number, old) -> promise(old, request));
      decisions.add(
          ActorAssigned.newBuilder()
              .setId(id.toProto())
              .setIncarnation(actor.getIncarnation() + 1)
              .setNode(node.get())
              .build());
      if (decisions.size() == countMax) {
        break;
      }
    }
    return decisions;
  }

  private static Map<Integer, Candidate> candidates(ClusterStateMachine state, NodeLoads loads) {
    Map<Integer, Candidate> candidates = new TreeMap<>();
    for (NodeState node : state.nodes().alive()) {
      int number = node.getDescription().getNumber();
      if (!loads.isRefusing(number)) {
        candidates.put(
            number,
            new Candidate(number, node.getDescription().getTotal(), loads.available(node), 0));
      }
    }
    for (ActorRecord actor : state.actors().living()) {
      boolean isPromised = actor.getStage() == ActorStage.STAGE_PLACING;
      Resources promised =
          isPromised ? actor.getSpec().getResources() : Resources.getDefaultInstance();
      candidates.computeIfPresent(actor.getNode(), (number, old) -> promise(old, promised));
    }
    return candidates;
  }

  private static Candidate promise(Candidate old, Resources request) {
    return new Candidate(
        old.number(),
        old.total(),
        ResourceAmounts.subtract(old.available(), request),
        old.actorCount() + 1);
  }
}
