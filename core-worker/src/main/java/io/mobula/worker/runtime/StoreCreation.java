package io.mobula.worker.runtime;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AbortObject;
import io.mobula.proto.CreateObject;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.proto.SealObject;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;

/** Asks the raylet for room for new objects, for user threads. Owner thread: the loop. */
final class StoreCreation {
  private final Outbox outbox;

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
                    .setCallSite(create.callSite())),
        new ReplyHandler() {
          @Override
          public void onReply(Packet reply) {
            if (reply.hasObjectCreated()) {
              create
                  .answer()
                  .complete(new CoreMessage.StoreRoom(reply.getObjectCreated().getOffset(), null));
            } else {
              onUnreachable(reply.getStoreFailure().getFailure());
            }
          }

          @Override
          public void onUnreachable(Failure failure) {
            create.answer().complete(new CoreMessage.StoreRoom(-1, failure));
          }
        });
  }

  void seal(ObjectKey key) {
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setSealObject(SealObject.newBuilder().setId(key.toProto())));
  }

  void abort(ObjectKey key) {
    outbox.send(
        outbox.raylet(),
        Packet.newBuilder().setAbortObject(AbortObject.newBuilder().setId(key.toProto())));
  }
}
