package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.raylet.transfer.ObjectSource;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Asks the loop, on behalf of a connection thread, for an object that another node wants.
 *
 * <p>Immutable; the two threads meet in the ticket's queue. Whatever happens, the thread closes its
 * ticket in the end, and the loop sorts out what there is to undo: a wait, a hold, or nothing.
 */
final class LoopObjectSource implements ObjectSource {

  private final LoopExecutor loop;
  private final Desk desk;

  LoopObjectSource(LoopExecutor loop, Desk desk) {
    this.loop = loop;
    this.desk = desk;
  }

  @Override
  public Answer open(ObjectKey key, Duration timeout) throws InterruptedException {
    Ticket ticket = new Ticket(key, new ArrayBlockingQueue<>(1));
    if (!loop.post(() -> desk.open(ticket))) {
      return missing(key, "node is shutting down");
    }
    Answer answer = null;
    try {
      answer = ticket.answers.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!(answer instanceof Answer.Found)) {
        loop.post(() -> desk.close(ticket));
      }
    }
    return answer == null ? missing(key, "object is not sealed yet") : answer;
  }

  private static Answer missing(ObjectKey key, String reason) {
    return new Answer.Missing(
        Failure.newBuilder()
            .setKind(FailureKind.NOT_FOUND)
            .setMessage("Object can't be served: id=" + key + ", reason=" + reason)
            .build());
  }

  /** Where tickets are dealt with. On the loop. */
  interface Desk {

    /** Answers the ticket, now or later. */
    void open(Ticket ticket);

    /** The ticket's thread needs no answer any more and reads nothing. Once a ticket. */
    void close(Ticket ticket);
  }

  /** One question. Compared by identity. */
  static final class Ticket {
    final ObjectKey key;
    final BlockingQueue<Answer> answers;

    /** Set and read by the loop; 0 before it has seen the ticket. */
    long number;

    private Ticket(ObjectKey key, BlockingQueue<Answer> answers) {
      this.key = key;
      this.answers = answers;
    }
  }
}
