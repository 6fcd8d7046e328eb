package io.mobula.worker.net;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The requests that await an answer, by correlation number. Owner thread: the core worker's loop. A
 * request has no deadline of its own: it ends with its answer or with the death of the process
 * asked, which is always noticed.
 */
public final class Requests {
  private record Open(long to, ReplyHandler handler) {}

  private final Map<Long, Open> open = new HashMap<>();

  /** The numbers of the requests that each process was sent, oldest first. */
  private final Map<Long, Set<Long>> byProcess = new HashMap<>();

  private long lastCorrelation;

  /** Remembers a request; returns its correlation number. */
  public long open(long to, ReplyHandler handler) {
    long correlation = ++lastCorrelation;
    open.put(correlation, new Open(to, handler));
    byProcess.computeIfAbsent(to, fresh -> new LinkedHashSet<>()).add(correlation);
    return correlation;
  }

  /**
   * Hands an answer to who asked.
   *
   * @return false if nobody awaits it (any more): a duplicate, or not an answer
   */
  public boolean answer(Packet reply) {
    Open request = take(reply.getCorrelation());
    if (request == null) {
      return false;
    }
    request.handler.onReply(reply);
    return true;
  }

  /**
   * A packet with this number can't be delivered.
   *
   * @return false if it was none of these requests, but perhaps an answer with its asker's number
   */
  public boolean unreachable(long correlation, long to, Failure failure) {
    Open request = open.get(correlation);
    if (request == null || request.to != to) {
      return false;
    }
    end(correlation, failure);
    return true;
  }

  private void end(long correlation, Failure failure) {
    Open request = take(correlation);
    if (request != null) {
      request.handler.onUnreachable(failure);
    }
  }

  private @Nullable Open take(long correlation) {
    Open request = open.remove(correlation);
    if (request != null) {
      Set<Long> others = byProcess.get(request.to);
      if (others != null && others.remove(correlation) && others.isEmpty()) {
        byProcess.remove(request.to);
      }
    }
    return request;
  }

  /** A process (or a node) died: nothing it was asked will be answered. */
  public void onProcessDied(long dead, Failure failure) {
    List<Long> lost = new ArrayList<>();
    byProcess.forEach((process, correlations) -> {
      if (ProcessAddress.diesWith(process, dead)) {
        lost.addAll(correlations);
      }
    });
    lost.forEach(correlation -> end(correlation, failure));
  }

  /**
   * Everything ends: the cluster is lost, or this process closes. What is asked because of that is
   * left for another call.
   */
  public void failAll(Failure failure) {
    List.copyOf(open.keySet()).forEach(correlation -> end(correlation, failure));
  }

  public int size() {
    return open.size();
  }
}
