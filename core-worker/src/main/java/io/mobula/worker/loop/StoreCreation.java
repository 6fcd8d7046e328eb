package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AbortObject;
import io.mobula.proto.ChunkedObject;
import io.mobula.proto.ChunkedObjects;
import io.mobula.proto.CreateObject;
import io.mobula.proto.Failure;
import io.mobula.proto.LeasedChunk;
import io.mobula.proto.ObjectCreated;
import io.mobula.proto.Packet;
import io.mobula.proto.SealObject;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;

/** Asks the raylet for room for new objects, for user threads. Owner thread: the loop. */
final class StoreCreation {
  private final Outbox outbox;
  private final ChunkedObjects.Builder chunked = ChunkedObjects.newBuilder();
  private boolean isChunkChanged;

  StoreCreation(Outbox outbox) {
    this.outbox = outbox;
  }

  void create(CoreMessage.CreateStored create) {
    outbox.request(
        outbox.raylet(),
        Packet.newBuilder()
            .setCreateObject(
                CreateObject.newBuilder()
                    .setId(create.key().toProto())
                    .setSizeBytes(create.sizeBytes())
                    .setAttempt(create.taskAttempt())
                    .setCallSite(create.callSite())),
        new ReplyHandler() {
          @Override
          public void onReply(Packet reply) {
            if (reply.hasObjectCreated()) {
              handOver(create, roomOf(reply.getObjectCreated()));
            } else {
              onUnreachable(reply.getStoreFailure().getFailure());
            }
          }

          @Override
          public void onUnreachable(Failure failure) {
            create.answer().complete(new CoreMessage.StoreRoom(-1, null, failure));
          }
        });
  }

  /** Room that nobody waits for any more would be taken for ever: nobody will seal it. */
  private void handOver(CoreMessage.CreateStored create, CoreMessage.StoreRoom room) {
    if (!create.answer().complete(room)) {
      abort(create.key());
    }
  }

  void seal(ObjectKey key) {
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setSealObject(SealObject.newBuilder().setId(key.toProto())));
  }

  /** An object is in the chunk. The raylet is told at the end of the turn, of all at once. */
  void chunked(ObjectKey key, String callSite) {
    chunked.addObjects(
        ChunkedObject.newBuilder().setId(key.toProto()).setCallSite(callSite).build());
    isChunkChanged = true;
  }

  /** Room in the chunk was given up. */
  void chunkRoomUnused() {
    isChunkChanged = true;
  }

  /** Sends what is to be told. */
  void flush() {
    if (isChunkChanged) {
      isChunkChanged = false;
      outbox.send(outbox.raylet(), Packet.newBuilder().setChunkedObjects(chunked.build()));
      chunked.clear();
    }
  }

  void abort(ObjectKey key) {
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setAbortObject(AbortObject.newBuilder().setId(key.toProto())));
  }

  private static CoreMessage.StoreRoom roomOf(ObjectCreated created) {
    LeasedChunk chunk = created.getChunk();
    ChunkLease lease =
        created.hasChunk()
            ? new ChunkLease(
                new HeapRange(chunk.getOffset(), chunk.getSizeBytes()), chunk.getGeneration())
            : null;
    return new CoreMessage.StoreRoom(created.getOffset(), lease, null);
  }
}
