package io.mobula.worker.loop;

import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.worker.failure.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From the raylet's welcome until the user side is there: requests can be made, as for the
 * registration of the job; other packets that come wait. Owner thread: the loop.
 */
final class ConnectedPhase implements CorePhase {
  private final Connection connection;
  private final Function<CoreMessage.Begin, WorkingPhase> begin;
  private final OpenWaits waits;
  private final Consumer<CorePhase> become;
  private final List<Packet> early = new ArrayList<>();
  private @Nullable String lostReason;

  /**
   * @param begin builds the next phase
   * @param waits what user threads wait for
   * @param become sets the phase
   */
  ConnectedPhase(
      Connection connection,
      Function<CoreMessage.Begin, WorkingPhase> begin,
      OpenWaits waits,
      Consumer<CorePhase> become) {
    this.connection = connection;
    this.begin = begin;
    this.waits = waits;
    this.become = become;
  }

  @Override
  public void onMessage(CoreMessage message) {
    switch (message) {
      case CoreMessage.Begin order -> begin(order);
      case CoreMessage.Ask ask -> {
        if (lostReason == null) {
          connection.ask(ask);
        } else {
          Connection.refuse(ask, lost(lostReason));
        }
      }
      case CoreMessage.Tell tell -> connection.router().send(tell.to(), tell.packet());
      case CoreMessage.EndJob _ -> {
        // It has no job yet; Close follows.
      }
      case CoreMessage.Close close -> {
        if (lostReason == null) {
          lose(close.reason());
        }
        connection.raylet().close(close.reason());
        close.done().complete(Boolean.TRUE);
      }
      case CoreMessage.CallerMessage _, CoreMessage.ObjectMessage _, CoreMessage.WorkMessage _ ->
          throw new IllegalStateException("a message before the runtime has begun: " + message);
    }
  }

  @Override
  public void onPacket(Packet packet) {
    if (packet.getCorrelation() == 0 || isRequest(packet)) {
      early.add(packet);
    } else {
      connection.requests().answer(packet);
    }
  }

  @Override
  public void onWritable() {}

  @Override
  public void onLost(String reason) {
    lose(reason);
  }

  @Override
  public void onTurnEnd() {
    connection.router().deliverToSelf();
  }

  @Override
  public void onClose() {}

  private void lose(String reason) {
    lostReason = reason;
    connection.requests().failAll(lost(reason));
    waits.endAll(lost(reason));
  }

  private void begin(CoreMessage.Begin order) {
    WorkingPhase working = begin.apply(order);
    become.accept(working);
    early.forEach(working::onPacket);
    early.clear();
    if (lostReason != null) {
      working.onLost(lostReason);
    }
  }

  private static Failure lost(String reason) {
    return Failures.of(FailureKind.CLUSTER_LOST, reason);
  }

  private static boolean isRequest(Packet packet) {
    return packet.hasAwaitObject()
        || packet.hasAddBorrower()
        || packet.hasConstructActor()
        || packet.hasGetReferences()
        || packet.hasRetireWorker();
  }
}
