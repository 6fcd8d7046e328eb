package io.mobula.worker.loop;

import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.worker.failure.Failures;
import java.util.ArrayList;
import java.util.List;

/**
 * The process ends, by Ctrl-C, {@code System.exit} or its last thread, and so does its job; its
 * workers' last output is still heard. Owner thread: the loop.
 *
 * <p>User threads are left waiting for what they wait for: an exception would be the last that the
 * program prints, a moment before it is gone. Only if something keeps the process alive, such as a
 * shutdown hook of the program's that waits itself, the end of the loop fails them all.
 */
final class LeavingPhase implements CorePhase {
  /** What is kept to be refused at the end of the loop; more is refused at once. */
  private static final int KEPT_MAX = 100_000;

  private final Connection connection;
  private final CallerSide callers;
  private final ObjectSide objects;
  private final UserSide userSide;
  private final CoreWorkerEvents events;
  private final Failure failure;
  private final List<CoreMessage> kept = new ArrayList<>();

  LeavingPhase(
      Connection connection,
      CallerSide callers,
      ObjectSide objects,
      UserSide userSide,
      CoreWorkerEvents events,
      String reason) {
    this.connection = connection;
    this.callers = callers;
    this.objects = objects;
    this.userSide = userSide;
    this.events = events;
    this.failure = Failures.of(FailureKind.CLUSTER_LOST, reason);
  }

  @Override
  public void onMessage(CoreMessage message) {
    switch (message) {
      case CoreMessage.CallerMessage _, CoreMessage.ObjectMessage _, CoreMessage.Ask _ -> {
        if (kept.size() < KEPT_MAX) {
          kept.add(message);
        } else {
          refuse(message);
        }
      }
      case CoreMessage.ArgumentsWanted wanted -> wanted.execution().takeBack();
      case CoreMessage.WorkMessage _, CoreMessage.Tell _, CoreMessage.EndJob _ -> {
        // Nobody waits for them.
      }
      case CoreMessage.Close close -> {
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
  }

  @Override
  public void onWritable() {}

  @Override
  public void onLost(String reason) {
    events.onLost(reason);
  }

  @Override
  public void onTurnEnd() {}

  @Override
  public void onClose() {
    // Objects first: that an owner will not answer now does not mean that it is dead.
    objects.failAll(failure);
    connection.requests().failAll(failure);
    callers.failAll(failure);
    objects.failAll(failure);
    kept.forEach(this::refuse);
    userSide.close();
  }

  private void refuse(CoreMessage message) {
    switch (message) {
      case CoreMessage.CallerMessage wanted -> callers.refuse(wanted, failure);
      case CoreMessage.ObjectMessage wanted -> objects.refuse(wanted, failure);
      case CoreMessage.Ask ask -> Connection.refuse(ask, failure);
      case CoreMessage.WorkMessage _,
          CoreMessage.Tell _,
          CoreMessage.EndJob _,
          CoreMessage.Close _,
          CoreMessage.Begin _ ->
          throw new IllegalStateException("nobody waits for it: " + message);
    }
  }
}
