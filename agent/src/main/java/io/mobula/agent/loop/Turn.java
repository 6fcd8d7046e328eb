package io.mobula.agent.loop;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * One agent, its queues and timers, and what one turn does with them. Both loops run it: {@link
 * AgentLoop} on a thread of its own, {@link ManualLoop} on the caller's.
 *
 * <p>Owner thread: the loop's, except {@link #offer} and {@link #post}, which any thread may call.
 */
final class Turn<M> {
  /** Messages, and as many actions, taken in one turn, so that sockets and timers get theirs. */
  static final int BATCH = 1024;

  private static final int ACTION_CHUNK = 256;
  private static final int MIN_CAPACITY = 2;

  private final Agent<M> agent;
  private final MpscVarHandleArrayQueue<M> mailbox;
  private final MpscUnboundedVarHandleArrayQueue<Runnable> actions =
      new MpscUnboundedVarHandleArrayQueue<>(ACTION_CHUNK);
  private final TimerHeap timers;
  private final MessagePassingQueue.Consumer<M> toAgent;
  private final MessagePassingQueue.Consumer<Runnable> run = Runnable::run;
  private long nowNanos;

  Turn(Agent<M> agent, int mailboxCapacity, Clock clock, LoopOwner owner) {
    this.agent = agent;
    this.mailbox = new MpscVarHandleArrayQueue<>(Math.max(MIN_CAPACITY, mailboxCapacity));
    this.timers = new TimerHeap(clock, owner);
    this.toAgent = agent::onMessage;
    this.nowNanos = clock.nanoTime();
  }

  boolean offer(M message) {
    return mailbox.offer(message);
  }

  void post(Runnable action) {
    actions.offer(action);
  }

  TimerHeap timers() {
    return timers;
  }

  long nowNanos() {
    return nowNanos;
  }

  void setNow(long value) {
    nowNanos = value;
  }

  /** Whether both queues are empty; reads their indexes, so a message half written counts. */
  boolean isIdle() {
    return mailbox.isEmpty() && actions.isEmpty();
  }

  /**
   * Messages, actions and due timers, each bounded.
   *
   * @return how many there were
   */
  int work() {
    int count = mailbox.drain(toAgent, BATCH);
    count += actions.drain(run, BATCH);
    count += timers.fireDue(nowNanos);
    return count;
  }

  /** The batch is over. */
  void end() {
    agent.onTurnEnd();
  }
}
