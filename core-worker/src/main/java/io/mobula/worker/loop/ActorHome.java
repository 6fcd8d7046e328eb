package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorConstructed;
import io.mobula.proto.ConstructActor;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.worker.execute.ActorExit;
import io.mobula.worker.execute.ActorHost;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.LostArguments;
import io.mobula.worker.net.Outbox;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The birth of the actor whose process this is, and its end by its own will: fetches its arguments,
 * has it constructed, and opens it for calls. Owner thread: the loop.
 */
final class ActorHome {
  private final Outbox outbox;
  private final LostArguments arguments;
  private final ActorHost host;
  private final ActorExit exit;
  private final UserSide userSide;
  private final ClassLoader loader;
  private final Consumer<ActorPlace> onPlace;
  private @Nullable ConstructActor order;
  private @Nullable Execution constructor;
  private long correlation;

  ActorHome(
      Outbox outbox,
      LostArguments arguments,
      ActorHost host,
      ActorExit exit,
      UserSide userSide,
      ClassLoader loader,
      Consumer<ActorPlace> onPlace) {
    this.outbox = outbox;
    this.arguments = arguments;
    this.host = host;
    this.exit = exit;
    this.userSide = userSide;
    this.loader = loader;
    this.onPlace = onPlace;
  }

  void onConstruct(Packet packet) {
    if (order != null) {
      // The same order again: its answer is on its way.
      return;
    }
    ConstructActor received = packet.getConstructActor();
    order = received;
    correlation = packet.getCorrelation();
    onPlace.accept(new ActorPlace(received.getSpec(), received.getIncarnation()));
    Execution execution = Execution.constructor(received.getSpec(), loader);
    constructor = execution;
    arguments.fetch(
        execution,
        ready -> {
          if (ready.start()) {
            userSide.construct(ready);
          }
        },
        (failed, argument, failure) -> answer(failure));
  }

  void onConstructed(@Nullable Failure failure) {
    Execution execution = constructor;
    ConstructActor received = order;
    if (execution == null || received == null) {
      throw new IllegalStateException("constructed without an order");
    }
    arguments.release(execution);
    if (exit.hasBegun()) {
      // It ended itself in its constructor; the GCS hears that from there.
      return;
    }
    if (failure == null) {
      host.open(
          received.getSpec(),
          received.getIncarnation(),
          userSide.newActorQueue(Math.max(1, received.getSpec().getMaxConcurrency())));
    }
    answer(failure);
  }

  /** The actor ends itself. */
  void exit(long nowNanos) {
    ConstructActor received = order;
    if (received != null) {
      exit.begin(received.getSpec().getId(), nowNanos);
    }
  }

  private void answer(@Nullable Failure failure) {
    ConstructActor received = order;
    if (received == null) {
      return;
    }
    ActorConstructed.Builder answer =
        ActorConstructed.newBuilder()
            .setId(received.getSpec().getId())
            .setIncarnation(received.getIncarnation());
    if (failure != null) {
      answer.setFailure(failure);
    }
    outbox.send(
        ProcessAddress.GCS,
        Packet.newBuilder().setCorrelation(correlation).setActorConstructed(answer));
  }
}
