package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.KillActor;
import io.mobula.proto.Packet;
import io.mobula.proto.RegisterActor;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;

/**
 * Creates actors, for user threads: waits for the constructor's arguments, registers the actor with
 * the GCS, and answers. Calls may be made before; they wait. The arguments of an actor that is
 * registered are kept ({@link ActorArguments}), those of another are let go. Owner thread: the
 * loop.
 */
final class ActorCreation {
  private final Outbox outbox;
  private final ArgumentResolver resolver;
  private final ActorCallers callers;
  private final ActorArguments arguments;

  ActorCreation(
      Outbox outbox, ArgumentResolver resolver, ActorCallers callers, ActorArguments arguments) {
    this.outbox = outbox;
    this.resolver = resolver;
    this.callers = callers;
    this.arguments = arguments;
  }

  void create(CoreMessage.CreateActor create) {
    ObjectKey id = ObjectKey.of(create.spec().getId());
    callers.creating(id, create.spec().getClassName());
    resolver.resolve(
        create.constructor(),
        task -> register(create, task),
        (task, failed) -> refused(create, task, failed.failure()));
  }

  /** There is no cluster to create it in. */
  void refuse(CoreMessage.CreateActor create, Failure failure) {
    callers.creating(ObjectKey.of(create.spec().getId()), create.spec().getClassName());
    refused(create, create.constructor(), failure);
  }

  private void register(CoreMessage.CreateActor create, PendingTask task) {
    ActorSpec spec =
        create.spec().toBuilder().addAllArguments(task.spec().getArgumentsList()).build();
    outbox.request(
        ProcessAddress.GCS,
        Packet.newBuilder().setRegisterActor(RegisterActor.newBuilder().setSpec(spec)),
        new ReplyHandler() {
          @Override
          public void onReply(Packet reply) {
            if (reply.hasRefusal()) {
              onUnreachable(reply.getRefusal().getFailure());
            } else {
              registered(create, task);
            }
          }

          @Override
          public void onUnreachable(Failure failure) {
            refused(create, task, failure);
          }
        });
  }

  private void registered(CoreMessage.CreateActor create, PendingTask task) {
    ObjectKey id = ObjectKey.of(create.spec().getId());
    callers.registered(id);
    if (!answer(create, Failure.getDefaultInstance())) {
      // Who asked for it was told that it waited in vain, and has no handle.
      outbox.send(
          ProcessAddress.GCS,
          Packet.newBuilder().setKillActor(KillActor.newBuilder().setId(id.toProto())));
    }
    arguments.keep(id, task);
  }

  private void refused(CoreMessage.CreateActor create, PendingTask task, Failure failure) {
    callers.refused(ObjectKey.of(create.spec().getId()), failure);
    answer(create, failure);
    resolver.release(task);
  }

  /** False if somebody was to be answered who no longer waits. */
  private static boolean answer(CoreMessage.CreateActor create, Failure failure) {
    Rendezvous<Failure> waiting = create.answer();
    return waiting == null || waiting.complete(failure);
  }
}
