package io.mobula.raylet.transfer;

import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.LoopExecutor;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pulls parts of objects from other nodes' data ports, straight from the socket into the
 * destination.
 *
 * <p>Owner thread: the loop's. Each pull runs on a thread of its own and ends with a callback on
 * the loop, always and once. Connections that ended well are kept for the next pull from the same
 * node; there are never more of them than there were pulls at a time, and unused ones are closed.
 */
public final class DataClient {

  private static final System.Logger LOG = System.getLogger(DataClient.class.getName());

  private final DataConfig config;
  private final DataSecret secret;
  private final LocalFiles localFiles;
  private final Random random;
  private final Clock clock;
  private final LoopExecutor loop;
  private final Executor threads;
  private final Set<Pull> running = new HashSet<>();
  private final Map<String, Deque<Idle>> idle = new HashMap<>();

  /** Nodes of this machine whose files can't be seen from here, such as in another container. */
  private final Set<String> unreadable = new HashSet<>();

  private boolean isClosed;

  /**
   * @param localFiles used for nodes of the same machine, if {@link DataConfig#hostId} is set
   * @param random unpredictable ({@link java.security.SecureRandom})
   * @param threads one thread a pull
   */
  public DataClient(
      DataConfig config,
      DataSecret secret,
      LocalFiles localFiles,
      Random random,
      Clock clock,
      LoopExecutor loop,
      Executor threads) {
    this.config = config;
    this.secret = secret;
    this.localFiles = localFiles;
    this.random = random;
    this.clock = clock;
    this.loop = loop;
    this.threads = threads;
  }

  /**
   * Begins to pull.
   *
   * @param onEnd runs on the loop, later
   * @return how to cancel it; the outcome still comes
   */
  public Runnable start(PullOrder order, Consumer<PullOutcome> onEnd) {
    boolean usesFiles = !config.hostId().isEmpty() && !unreadable.contains(order.address());
    Pull pull =
        new Pull(
            order,
            config,
            secret,
            random,
            clock,
            usesFiles ? localFiles : null,
            takeIdle(order.address()));
    running.add(pull);
    if (isClosed) {
      pull.cancel();
    }
    threads.execute(() -> run(pull, onEnd));
    return pull::cancel;
  }

  /** The outcome comes whatever is thrown: without it the part would never come from elsewhere. */
  private void run(Pull pull, Consumer<PullOutcome> onEnd) {
    PullOutcome outcome = new PullOutcome.Failed("the pull broke off: see the log of this node");
    try {
      outcome = pull.run();
    } finally {
      PullOutcome last = outcome;
      loop.post(() -> end(pull, last, onEnd));
    }
  }

  /** Ends pulls whose current wait is over, and closes idle connections. About every second. */
  public void expire(long nowNanos) {
    running.forEach(pull -> pull.expire(nowNanos));
    long idleNanos = config.idleTimeout().toNanos();
    idle.values()
        .removeIf(connections -> {
          Idle oldest = connections.peekFirst();
          while (oldest != null && nowNanos - oldest.sinceNanos > idleNanos) {
            oldest.channel.close();
            connections.removeFirst();
            oldest = connections.peekFirst();
          }
          return connections.isEmpty();
        });
  }

  /** Cancels all pulls, whose outcomes still come, and closes all connections. Idempotent. */
  public void close() {
    isClosed = true;
    running.forEach(Pull::cancel);
    idle.values().forEach(connections -> connections.forEach(each -> each.channel.close()));
    idle.clear();
  }

  private void end(Pull pull, PullOutcome outcome, Consumer<PullOutcome> onEnd) {
    running.remove(pull);
    if (pull.cannotReadFiles() && unreadable.add(pull.address())) {
      LOG.log(
          Level.WARNING,
          "store of a node of this machine can''t be read; its objects come over the socket:"
              + " address={0}, outcome={1}",
          pull.address(),
          outcome);
    }
    if (outcome instanceof PullOutcome.Corrupt(String reason)) {
      LOG.log(
          Level.WARNING,
          "part of an object came corrupted and is fetched again: address={0}, reason={1}",
          pull.address(),
          reason);
    }
    TimedChannel reusable = pull.reusable();
    if (reusable != null && isClosed) {
      reusable.close();
    } else if (reusable != null) {
      idle.computeIfAbsent(pull.address(), address -> new ArrayDeque<>())
          .addLast(new Idle(reusable, clock.nanoTime()));
    }
    onEnd.accept(outcome);
  }

  private @Nullable TimedChannel takeIdle(String address) {
    Deque<Idle> connections = idle.get(address);
    Idle newest = connections == null ? null : connections.pollLast();
    return newest == null ? null : newest.channel;
  }

  private record Idle(TimedChannel channel, long sinceNanos) {}
}
