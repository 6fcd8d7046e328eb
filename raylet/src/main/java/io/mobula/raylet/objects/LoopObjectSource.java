package io.mobula.raylet.objects;

import io.mobula.agent.loop.LoopExecutor;
import io.mobula.raylet.transfer.ObjectSource;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.SourceReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Asks the loop, on behalf of a connection thread, for a part of an object that another node wants.
 *
 * <p>Immutable; the two threads meet in the ticket's queue. Whatever happens, the thread closes its
 * ticket in the end, and the loop sorts out what there is to undo: a wait, a hold, or nothing.
 */
final class LoopObjectSource implements ObjectSource {

  /**
   * The object is being written, or brought back from disk, and whose copy it is does not matter.
   */
  static final SourceReport NOT_YET = SourceReport.whole(0, List.of());

  private final LoopExecutor loop;
  private final Desk desk;

  LoopObjectSource(LoopExecutor loop, Desk desk) {
    this.loop = loop;
    this.desk = desk;
  }

  @Override
  public Answer open(PartRequest request, Duration timeout) throws InterruptedException {
    Ticket ticket = new Ticket(request, new ArrayBlockingQueue<>(1));
    if (!loop.post(() -> desk.open(ticket))) {
      return new Answer.Ending();
    }
    Answer answer = null;
    try {
      answer = ticket.answers.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!(answer instanceof Answer.Found)) {
        loop.post(() -> desk.close(ticket));
      }
    }
    return answer == null ? new Answer.Absent(NOT_YET) : answer;
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
    final PartRequest request;
    final BlockingQueue<Answer> answers;

    /** Set and read by the loop; 0 before it has seen the ticket. */
    long number;

    private Ticket(PartRequest request, BlockingQueue<Answer> answers) {
      this.request = request;
      this.answers = answers;
    }
  }
}
