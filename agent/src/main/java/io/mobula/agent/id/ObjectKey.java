package io.mobula.agent.id;

import io.mobula.proto.ObjectId;

/**
 * An object's (also a task's and an actor's) id: its owner's process address and a number that the
 * owner never uses again. Sixteen bytes.
 */
public record ObjectKey(long owner, long sequence) {
  public static ObjectKey of(ObjectId id) {
    return new ObjectKey(id.getOwner(), id.getSequence());
  }

  public ObjectId toProto() {
    return ObjectId.newBuilder().setOwner(owner).setSequence(sequence).build();
  }

  @Override
  public String toString() {
    return Integer.toUnsignedString(ProcessAddress.node(owner))
        + "."
        + Integer.toUnsignedString(ProcessAddress.process(owner))
        + "."
        + Long.toUnsignedString(sequence);
  }
}
