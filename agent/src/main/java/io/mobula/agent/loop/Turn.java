package io.mobula.agent.loop;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

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
  private final ArrayDeque<M> own = new ArrayDeque<>();
  private final TimerHeap timers;
  private final MessagePassingQueue.Consumer<M> toAgent;
  private final MessagePassingQueue.Consumer<Runnable> run = Runnable::run;
  private @Nullable M current;
  private long nowNanos;

  Turn(Agent<M> agent, int mailboxCapacity, Clock clock, LoopOwner owner) {
    this.agent = agent;
    this.mailbox = new MpscVarHandleArrayQueue<>(Math.max(MIN_CAPACITY, mailboxCapacity));
    this.timers = new TimerHeap(clock, owner);
    this.toAgent = this::handle;
    this.nowNanos = clock.nanoTime();
  }

  boolean offer(M message) {
    return mailbox.offer(message);
  }

  /** A message of the loop to itself, which never has to wait for room. */
  void offerOwn(M message) {
    own.addLast(message);
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

  /** Whether all queues are empty; reads their indexes, so a message half written counts. */
  boolean isIdle() {
    return mailbox.isEmpty() && actions.isEmpty() && own.isEmpty();
  }

  /**
   * Messages, actions and due timers, each bounded.
   *
   * @return how many there were
   */
  int work() {
    int count = mailbox.drain(toAgent, BATCH);
    count += actions.drain(run, BATCH);
    count += workOwn();
    count += timers.fireDue(nowNanos);
    return count;
  }

  /**
   * The loop has ended. Hands over the message at which the agent threw, if it did, and all that
   * are left; a message half written is waited for.
   */
  void takeRest(Consumer<M> unhandled) {
    M failedAt = current;
    current = null;
    if (failedAt != null) {
      unhandled.accept(failedAt);
    }
    for (M message = mailbox.poll(); message != null; message = mailbox.poll()) {
      unhandled.accept(message);
    }
    for (M message = own.pollFirst(); message != null; message = own.pollFirst()) {
      unhandled.accept(message);
    }
  }

  private void handle(M message) {
    current = message;
    agent.onMessage(message);
    current = null;
  }

  private int workOwn() {
    int count = 0;
    while (count < BATCH && !own.isEmpty()) {
      handle(own.removeFirst());
      count++;
    }
    return count;
  }

  /** The batch is over. */
  void end() {
    agent.onTurnEnd();
  }
}
