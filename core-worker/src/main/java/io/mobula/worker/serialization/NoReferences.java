package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;

/** The source for streams that hold no references. */
final class NoReferences implements ReferenceSource {
  @Override
  public ObjectRef<?> objectRef(byte[] bytes) {
    throw new IllegalArgumentException("a reference where none can be");
  }

  @Override
  public ActorHandle<?> actorHandle(byte[] bytes) {
    throw new IllegalArgumentException("a reference where none can be");
  }
}
