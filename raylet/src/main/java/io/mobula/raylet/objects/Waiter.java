package io.mobula.raylet.objects;

import io.mobula.proto.StoredObject;
import io.mobula.raylet.transfer.PartRequest;

/** Somebody who waits for an object to be sealed here. */
sealed interface Waiter {

  /** A process of this node, whose request has this correlation. */
  record Fetch(long client, long correlation, StoredObject object, CreatePriority priority)
      implements Waiter {}

  /** Another node that wants to pull it. */
  record Serve(long ticket, PartRequest request) implements Waiter {}
}
