package io.mobula.raylet.lease;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Decides where a request belongs. Pure: everything it knows is in its arguments.
 *
 * <h2>How it works</h2>
 *
 * <p>The hybrid policy: pack, then spread. A node's score is the used share of the scarcest
 * resource asked for, taken for 0 below {@link #CRITICAL_UTILISATION}. Among the nodes where the
 * request fits now, the one with the lowest score takes it; ties go to this node, then to the less
 * used one, then to the lower address. So a cluster fills one node to the critical share before it
 * uses the next.
 *
 * <p>A request that another raylet sent here runs or waits here, so it never travels in circles;
 * only if this node can never run it does it go on.
 */
final class SchedulingPolicy {
  /** The used share up to which a node is filled before others are considered. */
  static final double CRITICAL_UTILISATION = 0.5;

  private SchedulingPolicy() {}

  /**
   * Decides.
   *
   * @param isPinned whether the request has been sent here by another raylet (or by the GCS)
   * @param isViewComplete false until the GCS has told of the other nodes; nothing is given up
   *     before
   */
  static Placement place(
      ResourceSet request,
      NodeView here,
      Collection<NodeView> others,
      boolean isPinned,
      boolean isViewComplete) {
    boolean fitsNow = request.fitsIn(here.available());
    if (isPinned && fitsNow) {
      return new Placement.Here();
    }
    boolean canFit = request.fitsIn(here.total());
    if (isPinned && canFit) {
      return new Placement.Wait();
    }
    Optional<NodeView> best =
        others.stream()
            .filter(node -> request.fitsIn(node.available()))
            .min(byScore(request).thenComparingLong(NodeView::raylet));
    if (fitsNow) {
      return best.filter(node -> score(node, request) < score(here, request))
          .<Placement>map(Placement.Elsewhere::new)
          .orElseGet(Placement.Here::new);
    }
    if (best.isPresent()) {
      return new Placement.Elsewhere(best.get());
    }
    if (canFit || !isViewComplete) {
      return new Placement.Wait();
    }
    return others.stream()
        .filter(node -> request.fitsIn(node.total()))
        .min(byScore(request).thenComparingLong(NodeView::raylet))
        .<Placement>map(Placement.Elsewhere::new)
        .orElseGet(() -> new Placement.Nowhere(largest(request, here, others)));
  }

  private static double score(NodeView node, ResourceSet request) {
    double utilisation = node.utilisation(request);
    return utilisation < CRITICAL_UTILISATION ? 0 : utilisation;
  }

  private static Comparator<NodeView> byScore(ResourceSet request) {
    return Comparator.<NodeView>comparingDouble(node -> score(node, request))
        .thenComparingDouble(node -> node.utilisation(request));
  }

  /** The node that comes nearest: it has the largest part of what the request lacks most. */
  private static NodeView largest(ResourceSet request, NodeView here, Collection<NodeView> others) {
    NodeView largest = here;
    for (NodeView node : others) {
      if (share(request, node) > share(request, largest)) {
        largest = node;
      }
    }
    return largest;
  }

  private static double share(ResourceSet request, NodeView node) {
    return request.amounts().entrySet().stream()
        .mapToDouble(wanted -> node.total().amount(wanted.getKey()) / (double) wanted.getValue())
        .min()
        .orElse(1);
  }
}
