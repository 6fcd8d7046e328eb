package io.mobula.gcs;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.gcs.ActorSubscriptions.Subscription;
import io.mobula.gcs.state.ActorTable;
import io.mobula.gcs.state.ClusterStateMachine;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.JobState;
import io.mobula.proto.NodeState;
import io.mobula.proto.ProcessDied;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells raylets and subscribers what changed. Nothing is sent at once: changes are gathered per
 * raylet and leave at the end of the turn, or at the next interval if they are only loads, or once
 * a slow raylet's link has room. Owner thread: the GCS's loop.
 */
final class Announcements {
  private final ClusterStateMachine state;
  private final NodeLoads loads;
  private final GcsPeers peers;
  private final ActorSubscriptions subscriptions;
  private final Map<Integer, RayletFeed> feeds = new TreeMap<>();

  Announcements(
      ClusterStateMachine state,
      NodeLoads loads,
      GcsPeers peers,
      ActorSubscriptions subscriptions) {
    this.state = state;
    this.loads = loads;
    this.peers = peers;
    this.subscriptions = subscriptions;
  }

  /** The raylet's stream is open, for the first time or again: it gets everything that is now. */
  void onAttached(int node) {
    RayletFeed feed = feeds.computeIfAbsent(node, ignored -> new RayletFeed());
    for (NodeState other : state.nodes().alive()) {
      feed.addNode(other.getDescription().getNumber());
    }
    for (JobState job : state.jobs().running()) {
      feed.addJob(job.getId());
    }
  }

  void onNodeEnded(int node) {
    feeds.remove(node);
  }

  void nodeChanged(int node) {
    feeds.values().forEach(feed -> feed.addNode(node));
  }

  void loadChanged(int node) {
    feeds.values().forEach(feed -> feed.addLoad(node));
  }

  void jobChanged(int job) {
    feeds.values().forEach(feed -> feed.addJob(job));
  }

  /** The node's own raylet knows already. */
  void died(ProcessDied death) {
    int origin = ProcessAddress.node(death.getAddress());
    feeds.forEach((node, feed) -> {
      if (node != origin) {
        feed.addDeath(death);
      }
    });
  }

  void actorChanged(ObjectKey id) {
    subscriptions.of(id).forEach(this::tell);
  }

  /** Sends the subscriber the actor's state. */
  void tell(Subscription subscription) {
    int node = ProcessAddress.node(subscription.subscriber());
    if (node == 0) {
      sendActor(subscription);
    } else {
      RayletFeed feed = feeds.get(node);
      if (feed != null) {
        feed.addActor(subscription);
      }
    }
  }

  /**
   * Sends what may go.
   *
   * @param isInterval loads too
   * @return raylets that are too slow to live with
   */
  List<Integer> flush(boolean isInterval) {
    List<Integer> tooSlow = new ArrayList<>();
    feeds.forEach((node, feed) -> {
      Optional<Link> link = peers.raylet(node);
      boolean isDue = feed.isUrgent() || (isInterval && !feed.isEmpty());
      if (isDue && link.isPresent() && link.get().isOpen() && !link.get().isCongested()) {
        send(node, feed.drain());
      } else if (feed.isOverflowing()) {
        tooSlow.add(node);
      }
    });
    return tooSlow;
  }

  private void send(int node, RayletFeed.Content content) {
    if (content.hasUpdate()) {
      ClusterUpdate.Builder update = ClusterUpdate.newBuilder().addAllDeaths(content.deaths());
      for (Integer number : content.nodes()) {
        state.nodes().find(number).map(loads::overlay).ifPresent(update::addNodes);
      }
      for (Integer id : content.jobs()) {
        state.jobs().find(id).ifPresent(update::addJobs);
      }
      peers.send(GcsPackets.packet(ProcessAddress.of(node, 0), 0).setClusterUpdate(update).build());
    }
    content.actors().forEach(this::sendActor);
  }

  private void sendActor(Subscription subscription) {
    state
        .actors()
        .find(subscription.actor())
        .ifPresent(actor ->
            peers.send(
                GcsPackets.packet(subscription.subscriber(), 0)
                    .setActorState(ActorTable.view(actor))
                    .build()));
  }
}
