package io.mobula.agent.loop;

import io.mobula.agent.link.InProcessLinks;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.link.LinkContext;
import io.mobula.agent.link.LinkIdentity;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LocalLinks;
import io.mobula.agent.link.UnixLinks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The thread that runs one {@link Agent}: takes messages from its mailbox, fires its timers, polls
 * its links.
 *
 * <p>How it works. A turn is: see which sockets are ready (asleep, if nothing is to be done),
 * handle them, then up to a batch of messages, up to a batch of posted actions, the due timers,
 * {@link Agent#onTurnEnd()}, and send what was gathered. {@link SleepGate} explains why no wake-up
 * is lost.
 *
 * <pre>
 *   RUNNING --close(), interrupt--> CLOSING --rest of the mailbox, onClose--> ENDED, goodbyes
 *      \--the agent threw: onFailed------------------------------------------^  then onFatal
 * </pre>
 *
 * <p>A message is handled, handed to {@link Agent#onUnhandled} or refused; none is dropped. A
 * producer puts it in and then reads the state; the loop writes ENDED and then takes what is left.
 * So a producer that does not read ENDED has its message seen, and one that does says that it was
 * refused: it may be handed to {@code onUnhandled} even so, but never to {@code onMessage}.
 *
 * <p>A loop never waits for itself: what it offers on its own thread goes to a queue of its own,
 * which has no bound and needs none, since only what the loop does in a turn can fill it.
 *
 * <p>Owner thread: its own, a daemon platform thread named after the agent's role. {@link #offer},
 * {@link #executor()} and {@link #close()} may be called on any thread.
 */
public final class AgentLoop<M> implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AgentLoop.class.getName());

  /** After a close that took too long, what an interrupted loop may still take. */
  private static final Duration INTERRUPTED_TIMEOUT = Duration.ofSeconds(1);

  /** Turns of the last drain: what was offered before the close, and what that caused. */
  private static final int CLOSING_TURNS_MAX = 1024;

  private final Agent<M> agent;
  private final String role;
  private final LoopConfig config;
  private final Clock clock;
  private final LoopOwner owner = new LoopOwner();
  private final SleepGate gate = new SleepGate();
  private final LongAdder rejected = new LongAdder();
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final Turn<M> turn;
  private final UnixLinks links;
  private final LoopExecutor executor = this::post;
  private final @Nullable InProcessLinks inProcess;
  private final Thread thread;
  private volatile @Nullable Throwable fatal;
  private boolean wasBusy;

  private AgentLoop(Agent<M> agent, LoopConfig config) {
    this.agent = agent;
    this.role = agent.role();
    this.config = config;
    this.clock = config.clock();
    this.turn = new Turn<>(agent, config.mailboxCapacity(), clock, owner);
    LinkContext context = new LinkContext(turn.timers(), config.limits(), LinkIdentity.current());
    this.links = new UnixLinks(owner, context);
    InProcessNetwork network = config.network();
    this.inProcess = network == null ? null : new InProcessLinks(network, owner, executor, context);
    this.thread = Thread.ofPlatform().name(role).daemon(true).unstarted(this::run);
  }

  /** Starts the agent on a thread of its own; {@link Agent#onStart} is the first thing there. */
  public static <M> AgentLoop<M> start(Agent<M> agent, LoopConfig config) {
    AgentLoop<M> loop = new AgentLoop<>(agent, config);
    loop.thread.start();
    return loop;
  }

  /** As {@link #start(Agent, LoopConfig)}, with defaults for the rest. */
  public static <M> AgentLoop<M> start(
      Agent<M> agent, Clock clock, int mailboxCapacity, LinkLimits limits) {
    return start(
        agent,
        LoopConfig.defaults()
            .withClock(clock)
            .withMailboxCapacity(mailboxCapacity)
            .withLimits(limits));
  }

  /**
   * Puts a message into the mailbox. Any thread; on the loop's own it is refused only after the
   * end.
   *
   * @return true if the message will be handled, or be handed to {@link Agent#onUnhandled}; false
   *     if the mailbox is full, which {@link #rejectedCount} counts, or the loop has ended
   */
  public boolean offer(M message) {
    if (owner.isCurrent()) {
      return offerOwn(message);
    }
    if (state.get() != State.RUNNING) {
      return false;
    }
    if (!turn.offer(message)) {
      rejected.increment();
      return false;
    }
    if (state.get() == State.ENDED) {
      return false;
    }
    wakeIfAsleep();
    return true;
  }

  /** The way in for adapters; see {@link LoopExecutor}. */
  public LoopExecutor executor() {
    return executor;
  }

  /** The links that the agent is given, for whoever wires it; on the loop's thread. */
  public LocalLinks links() {
    return inProcess == null ? links : inProcess;
  }

  /** The thread that the agent's state belongs to. */
  public LoopOwner owner() {
    return owner;
  }

  /** Whether the calling thread is the loop's. */
  public boolean isOwner() {
    return owner.isCurrent();
  }

  /** Whether it takes messages: neither closed nor failed. */
  public boolean isRunning() {
    return state.get() == State.RUNNING;
  }

  /** Messages refused because the mailbox was full. */
  public long rejectedCount() {
    return rejected.sum();
  }

  /** What the agent threw, if that ended the loop. */
  public @Nullable Throwable fatal() {
    return fatal;
  }

  /**
   * Ends the loop and waits for it: what is in the mailbox is still handled, then {@link
   * Agent#onClose()}, then every link says goodbye. On the loop's own thread it only asks, and the
   * loop ends after this turn. Idempotent; an interrupt does not cut it short, its timeout does.
   */
  @Override
  public void close() {
    requestClose();
    if (owner.isCurrent()) {
      return;
    }
    if (!joined(config.closeTimeout().plus(config.closeTimeout()))) {
      LOG.log(
          Level.ERROR,
          "loop did not end in time, interrupted: role={0}, stack={1}",
          role,
          java.util.Arrays.toString(thread.getStackTrace()));
      thread.interrupt();
      joined(INTERRUPTED_TIMEOUT);
    }
  }

  /**
   * Waits for the loop's thread, also on a thread that is interrupted, which stays so: what the
   * loop uses is closed after it.
   */
  private boolean joined(Duration timeout) {
    return Uninterrupted.await(nanos -> thread.join(Duration.ofNanos(nanos)), timeout, clock);
  }

  private boolean offerOwn(M message) {
    if (state.get() == State.ENDED) {
      return false;
    }
    turn.offerOwn(message);
    return true;
  }

  private boolean post(Runnable action) {
    if (state.get() == State.ENDED) {
      return false;
    }
    turn.post(action);
    if (state.get() == State.ENDED) {
      return false;
    }
    wakeIfAsleep();
    return true;
  }

  private void wakeIfAsleep() {
    if (gate.mustWake()) {
      links.wakeup();
    }
  }

  private void requestClose() {
    if (state.compareAndSet(State.RUNNING, State.CLOSING)) {
      wakeIfAsleep();
    }
  }

  private void run() {
    owner.bind();
    try {
      live();
    } catch (Throwable t) {
      fatal = t;
    }
    state.set(State.ENDED);
    Throwable thrown = fatal;
    if (thrown != null) {
      guarded("log", () -> LOG.log(Level.ERROR, "loop failed: role=" + role, thrown));
      guarded("onFailed", () -> agent.onFailed(thrown));
    }
    turn.takeRest(message -> guarded("onUnhandled", () -> agent.onUnhandled(message)));
    String goodbye = role + (thrown == null ? " has ended" : " failed: " + thrown);
    guarded(
        "goodbyes",
        () -> {
          if (inProcess != null) {
            inProcess.shutDown(goodbye);
          }
          links.shutDown(goodbye, clock, config.closeTimeout().toNanos());
        });
    if (thrown != null) {
      config.onFatal().accept(thrown);
    }
  }

  private void live() {
    turn.setNow(clock.nanoTime());
    agent.onStart(new Context());
    endTurn();
    while (state.get() == State.RUNNING) {
      runTurn();
    }
    drain();
    agent.onClose();
  }

  /** A step of the end, which the next ones must not depend on: the heap may be exhausted. */
  private void guarded(String step, Runnable action) {
    try {
      action.run();
    } catch (Throwable t) {
      if (fatal == null) {
        LOG.log(Level.WARNING, "not ended in order: role=" + role + ", step=" + step, t);
      }
    }
  }

  private void runTurn() {
    awaitWork();
    turn.setNow(clock.nanoTime());
    int count = links.dispatch();
    count += turn.work();
    endTurn();
    wasBusy = count > 0;
    if (Thread.interrupted()) {
      requestClose();
    }
  }

  private void endTurn() {
    turn.end();
    links.flush();
  }

  /** Polls the sockets; sleeps in that if there is nothing to do. */
  private void awaitWork() {
    if (links.hasWork() || !turn.isIdle()) {
      links.select(0);
      return;
    }
    if (wasBusy && config.spinNanos() > 0 && spin()) {
      return;
    }
    // Without the bound, sleep would look like a pause of the process: see AwakeClock.
    long timeoutNanos =
        Math.min(turn.timers().nanosToNext(clock.nanoTime()), AwakeClock.SILENCE_MAX_NANOS);
    gate.announceSleep();
    boolean maySleep = turn.isIdle() && state.get() == State.RUNNING;
    links.select(maySleep ? timeoutNanos : 0);
    gate.announceAwake();
  }

  /** Looks for work for a short while; true if it came. */
  private boolean spin() {
    long start = clock.nanoTime();
    do {
      if (!turn.isIdle() || links.selectNow() > 0) {
        return true;
      }
      Thread.onSpinWait();
    } while (clock.nanoTime() - start < config.spinNanos());
    return false;
  }

  /** The last turns: what came before the close. */
  private void drain() {
    int turns = 0;
    while (turns < CLOSING_TURNS_MAX && !turn.isIdle()) {
      turn.setNow(clock.nanoTime());
      turn.work();
      endTurn();
      turns++;
    }
  }

  private enum State {
    RUNNING,
    CLOSING,
    ENDED
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
      return AgentLoop.this.links();
    }

    @Override
    public LoopExecutor executor() {
      return executor;
    }

    @Override
    public LoopOwner owner() {
      return owner;
    }
  }
}
