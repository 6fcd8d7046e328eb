package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.CopyAnswer;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LeasedChunk;
import io.mobula.proto.LocationAdded;
import io.mobula.proto.LocationRemoved;
import io.mobula.proto.LossReason;
import io.mobula.proto.ObjectAvailable;
import io.mobula.proto.ObjectCreated;
import io.mobula.proto.Packet;
import io.mobula.proto.StoreFailure;
import io.mobula.proto.YieldArguments;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.spill.SpillUsage;
import io.mobula.store.table.FullReport;
import io.mobula.store.table.StoreTable;
import org.jspecify.annotations.Nullable;

/** Words the packets that the object table sends. Immutable. */
final class ObjectAnswers {

  private final long self;

  ObjectAnswers(long self) {
    this.self = self;
  }

  /**
   * @param chunk for more objects of the client, or null
   */
  ObjectEffect created(
      long client, long correlation, ObjectKey key, HeapRange range, @Nullable ChunkLease chunk) {
    ObjectCreated.Builder body =
        ObjectCreated.newBuilder().setId(key.toProto()).setOffset(range.offset());
    if (chunk != null) {
      body.setChunk(
          LeasedChunk.newBuilder()
              .setOffset(chunk.range().offset())
              .setSizeBytes(chunk.range().sizeBytes())
              .setGeneration(chunk.generation()));
    }
    return send(client, packet(client, correlation).setObjectCreated(body));
  }

  ObjectEffect available(long client, long correlation, ObjectKey key, HeapRange range) {
    return send(
        client,
        packet(client, correlation)
            .setObjectAvailable(
                ObjectAvailable.newBuilder()
                    .setId(key.toProto())
                    .setOffset(range.offset())
                    .setSizeBytes(range.sizeBytes())));
  }

  ObjectEffect failed(long client, long correlation, ObjectKey key, Failure failure) {
    return send(
        client,
        packet(client, correlation)
            .setStoreFailure(StoreFailure.newBuilder().setId(key.toProto()).setFailure(failure)));
  }

  /**
   * @param taskAttempt whose copy it is
   */
  ObjectEffect locationAdded(ObjectKey key, int taskAttempt, boolean isPrimary) {
    return send(
        key.owner(),
        packet(key.owner(), 0)
            .setLocationAdded(
                LocationAdded.newBuilder()
                    .setId(key.toProto())
                    .setRaylet(self)
                    .setPrimary(isPrimary)
                    .setAttempt(taskAttempt)));
  }

  /**
   * @param taskAttempt whose copy it was
   */
  ObjectEffect locationRemoved(ObjectKey key, int taskAttempt) {
    return send(
        key.owner(),
        packet(key.owner(), 0)
            .setLocationRemoved(
                LocationRemoved.newBuilder()
                    .setId(key.toProto())
                    .setRaylet(self)
                    .setAttempt(taskAttempt)));
  }

  /** Whether this node has a copy that its owner asks for. */
  ObjectEffect copyAnswer(long owner, long correlation, ObjectKey key, boolean isHeld) {
    return send(
        owner,
        packet(owner, correlation)
            .setCopyAnswer(CopyAnswer.newBuilder().setId(key.toProto()).setHeld(isHeld)));
  }

  /** Asks an owner where its object is. */
  ObjectEffect askOwner(ObjectKey key) {
    return send(
        key.owner(),
        packet(key.owner(), 0).setAwaitObject(AwaitObject.newBuilder().setId(key.toProto())));
  }

  /** A process is to let go of arguments in favour of what waits. */
  ObjectEffect yieldArguments(long client, WaitingCreate create) {
    YieldArguments.Builder body = YieldArguments.newBuilder();
    if (create.priority() == CreatePriority.ARGUMENT) {
      body.setKeep(create.key().toProto());
    }
    return send(client, packet(client, 0).setYieldArguments(body));
  }

  Failure failure(FailureKind kind, String message) {
    return Failure.newBuilder().setKind(kind).setMessage(message).setProcess(self).build();
  }

  Failure ownerDied(ObjectKey key) {
    return failure(
        FailureKind.OWNER_DIED,
        "Object's owner died: id=" + key + ", owner=" + ProcessAddress.describe(key.owner()));
  }

  /** For a wait that its client has ended. */
  Failure notWanted(ObjectKey key) {
    return failure(FailureKind.INVALID, "Object is no longer wanted: id=" + key);
  }

  Failure freed(ObjectKey key) {
    return failure(FailureKind.OBJECT_LOST, "Object was freed by its owner: id=" + key).toBuilder()
        .setLossReason(LossReason.LOSS_UNREFERENCED)
        .build();
  }

  /** For an object that is somewhere, but can't be had from here. */
  Failure outOfReach(String what) {
    return failure(
        FailureKind.OBJECT_UNREACHABLE,
        "Object is out of reach of this node, which may change: node="
            + Integer.toUnsignedString(ProcessAddress.node(self))
            + ", "
            + what
            + "; try again, and see that the nodes reach each other's data ports");
  }

  /** For an object that finds no room. */
  Failure full(
      ObjectKey key,
      FullReport report,
      StoreTable store,
      SpillUsage spilled,
      CallSiteIndex callSites) {
    return failure(
        FailureKind.STORE_FULL, StoreFullText.of(key, report, store, spilled, callSites));
  }

  private ObjectEffect send(long to, Packet.Builder packet) {
    return new ObjectEffect.Send(to, packet.build());
  }

  private Packet.Builder packet(long to, long correlation) {
    return Packet.newBuilder().setFrom(self).setTo(to).setCorrelation(correlation);
  }
}
