package io.mobula.raylet.lease;

/** Where a request belongs, as {@link SchedulingPolicy} sees it. */
sealed interface Placement {
  /** It fits here and should run here. */
  record Here() implements Placement {}

  /** It waits here. */
  record Wait() implements Placement {}

  /** Another node should be asked. */
  record Elsewhere(NodeView node) implements Placement {}

  /** No node of the cluster could ever run it. */
  record Nowhere(NodeView largest) implements Placement {}
}
