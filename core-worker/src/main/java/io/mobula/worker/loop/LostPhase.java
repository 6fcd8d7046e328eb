package io.mobula.worker.loop;

import io.mobula.proto.Failure;
import io.mobula.proto.Packet;

/**
 * The cluster is lost, or the session closed: whatever a user thread wants fails at once, and what
 * it lets go of is let go. What was under way before has been failed. Owner thread: the loop.
 *
 * <p>A session that is closed in order spends a moment here before its link is closed: it hears
 * what the workers of its ended job have still to say.
 */
final class LostPhase implements CorePhase {
  private final Connection connection;
  private final CallerSide callers;
  private final ObjectSide objects;
  private final UserSide userSide;
  private final CoreWorkerEvents events;
  private final Failure failure;

  /** Whether output is heard: the link is open, and nobody has closed it. */
  private boolean isListening;

  /**
   * @param failure why
   * @param isListening whether output is still heard
   */
  LostPhase(
      Connection connection,
      CallerSide callers,
      ObjectSide objects,
      UserSide userSide,
      CoreWorkerEvents events,
      Failure failure,
      boolean isListening) {
    this.connection = connection;
    this.callers = callers;
    this.objects = objects;
    this.userSide = userSide;
    this.events = events;
    this.failure = failure;
    this.isListening = isListening;
  }

  @Override
  public void onMessage(CoreMessage message) {
    switch (message) {
      case CoreMessage.CallerMessage wanted -> callers.refuse(wanted, failure);
      case CoreMessage.ObjectMessage wanted -> objects.refuse(wanted, failure);
      // Its thread waits for them, and they will not come.
      case CoreMessage.ArgumentsWanted wanted -> wanted.execution().takeBack();
      case CoreMessage.WorkMessage _ -> {
        // Nobody waits for what is still running here.
      }
      case CoreMessage.Ask ask -> Connection.refuse(ask, failure);
      case CoreMessage.Tell _ -> {
        // There is nobody to tell.
      }
      case CoreMessage.EndJob _ -> {
        // It has ended, or there is nobody who could end it.
      }
      case CoreMessage.Close close -> {
        isListening = false;
        connection.raylet().close(close.reason());
        close.done().complete(Boolean.TRUE);
      }
      case CoreMessage.Begin _ -> throw new IllegalStateException("begun twice");
    }
  }

  @Override
  public void onPacket(Packet packet) {
    if (packet.hasLogLines()) {
      events.onLogLines(packet.getLogLines());
    } else if (packet.hasOutputEnded()) {
      events.onOutputEnded(packet.getFrom(), packet.getOutputEnded());
    }
    // Anything else is of a process whose link is still open. What it answers has been failed.
  }

  @Override
  public void onWritable() {}

  @Override
  public void onLost(String reason) {
    if (isListening) {
      isListening = false;
      events.onLost(reason);
    }
  }

  @Override
  public void onTurnEnd() {
    objects.releaseUnreachable();
    while (connection.router().deliverToSelf()) {
      // What this process sent to itself before the end.
    }
    // What letting go has asked.
    connection.requests().failAll(failure);
  }

  @Override
  public void onClose() {
    userSide.close();
  }
}
