package io.mobula.agent.loop;

import io.mobula.agent.link.LinkContext;
import io.mobula.agent.link.LinkIdentity;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LocalLinks;
import io.mobula.agent.link.MemoryLinks;
import io.mobula.agent.link.MemoryNetwork;
import java.util.List;

/**
 * Runs an {@link Agent} step by step on the calling thread, with virtual time and links in memory:
 * the same turns as {@link AgentLoop}, and nothing left to chance. What the agent throws reaches
 * the caller.
 *
 * <p>Owner thread: the one that made it.
 */
public final class ManualLoop<M> implements AutoCloseable {
  /** Turns after which loops that never come to rest are taken for broken. */
  private static final int TURNS_MAX = 100_000;

  private static final int MAILBOX_CAPACITY = 64 << 10;
  private static final long PID = 1;

  private final Agent<M> agent;
  private final VirtualClock clock;
  private final LoopOwner owner = LoopOwner.ofCurrentThread();
  private final Turn<M> turn;
  private final MemoryLinks links;
  private final Context context = new Context();
  private boolean isClosed;

  private ManualLoop(Agent<M> agent, VirtualClock clock, MemoryNetwork network, LinkLimits limits) {
    this.agent = agent;
    this.clock = clock;
    this.turn = new Turn<>(agent, MAILBOX_CAPACITY, clock, owner);
    LinkIdentity identity =
        new LinkIdentity(
            LinkIdentity.current().protocolVersion(), LinkIdentity.current().release(), PID);
    this.links = new MemoryLinks(network, owner, new LinkContext(turn.timers(), limits, identity));
  }

  /** A loop that is alone in its network. Calls {@link Agent#onStart}. */
  public static <M> ManualLoop<M> start(Agent<M> agent, VirtualClock clock) {
    return start(agent, clock, new MemoryNetwork(), LinkLimits.DEFAULT);
  }

  /** A loop among others that share the clock and the network. Calls {@link Agent#onStart}. */
  public static <M> ManualLoop<M> start(
      Agent<M> agent, VirtualClock clock, MemoryNetwork network, LinkLimits limits) {
    ManualLoop<M> loop = new ManualLoop<>(agent, clock, network, limits);
    loop.turn.setNow(clock.nanoTime());
    agent.onStart(loop.context);
    loop.endTurn();
    return loop;
  }

  /** Turns of all the loops, in the order given, until none has anything to do at this time. */
  public static void runUntilIdle(List<? extends ManualLoop<?>> loops) {
    for (int i = 0; i < TURNS_MAX; i++) {
      int count = 0;
      for (ManualLoop<?> loop : loops) {
        if (loop.hasWork()) {
          loop.turn();
          count++;
        }
      }
      if (count == 0) {
        return;
      }
    }
    throw new IllegalStateException("never idle: turns=" + TURNS_MAX);
  }

  /** Moves the clock that the loops share, timer by timer, running all that comes of it. */
  public static void advance(VirtualClock clock, long nanos, List<? extends ManualLoop<?>> loops) {
    long end = clock.nanoTime() + nanos;
    runUntilIdle(loops);
    while (true) {
      long step = end - clock.nanoTime();
      for (ManualLoop<?> loop : loops) {
        step = Math.min(step, loop.nanosToNextTimer());
      }
      clock.advanceNanos(step);
      runUntilIdle(loops);
      if (end - clock.nanoTime() <= 0) {
        return;
      }
    }
  }

  /** Puts a message into the mailbox, to be handled in the next turn; false if it is full. */
  public boolean offer(M message) {
    return !isClosed && turn.offer(message);
  }

  /** What the agent was given. */
  public LoopContext context() {
    return context;
  }

  /** One turn; returns how many events, messages, actions and timers it handled. */
  public int turn() {
    turn.setNow(clock.nanoTime());
    int count = links.dispatch();
    count += turn.work();
    endTurn();
    return count;
  }

  /** Turns until there is nothing to do at this time. */
  public void runUntilIdle() {
    runUntilIdle(List.of(this));
  }

  /** Moves the clock timer by timer, running all that comes of it. */
  public void advance(long nanos) {
    advance(clock, nanos, List.of(this));
  }

  /** Whether a turn would do something now. */
  public boolean hasWork() {
    return !isClosed && (links.hasWork() || !turn.isIdle() || nanosToNextTimer() == 0);
  }

  /** The time left until the first timer; {@link Long#MAX_VALUE} without one. */
  public long nanosToNextTimer() {
    return isClosed ? Long.MAX_VALUE : turn.timers().nanosToNext(clock.nanoTime());
  }

  /** Timers that are set, for tests that look for leaks. */
  public int timerCount() {
    return turn.timers().size();
  }

  /** Links that are not closed, for tests that look for leaks. */
  public int linkCount() {
    return links.linkCount();
  }

  /** Ends without telling anybody, as a killed process does: peers see their links break. */
  public void kill() {
    isClosed = true;
    links.kill();
  }

  /** {@link Agent#onClose()}, then a goodbye on every link. Idempotent. */
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      agent.onClose();
      turn.takeRest(agent::onUnhandled);
      links.shutDown(agent.role() + " has ended");
    }
  }

  private void endTurn() {
    turn.end();
    links.flush();
  }

  private final class Context implements LoopContext {
    @Override
    public long nowNanos() {
      return turn.nowNanos();
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public Timers timers() {
      return turn.timers();
    }

    @Override
    public LocalLinks links() {
      return links;
    }

    @Override
    public LoopOwner owner() {
      return owner;
    }

    @Override
    public LoopExecutor executor() {
      return action -> {
        if (!isClosed) {
          turn.post(action);
        }
        return !isClosed;
      };
    }
  }
}
