package io.mobula.raylet.lease;

/**
 * What this raylet knows of a node's resources.
 *
 * @param raylet the node's address
 * @param hostName for error messages
 * @param total what the node has
 * @param available what was free there when it last said so, less what was sent there since
 */
public record NodeView(long raylet, String hostName, ResourceSet total, ResourceSet available) {
  /** The view after a request was sent there. */
  NodeView less(ResourceSet resources) {
    return new NodeView(raylet, hostName, total, available.minus(resources));
  }

  /**
   * The largest used share, 0 to 1 and above when over-committed, of the resources that a request
   * asks for.
   */
  double utilisation(ResourceSet request) {
    double highest = 0;
    for (String name : request.amounts().keySet()) {
      long capacity = total.amount(name);
      if (capacity > 0) {
        highest = Math.max(highest, (capacity - available.amount(name)) / (double) capacity);
      }
    }
    return highest;
  }
}
