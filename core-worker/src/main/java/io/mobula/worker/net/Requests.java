package io.mobula.worker.net;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that await an answer, by correlation number. Owner thread: the core worker's loop. A
 * request has no deadline of its own: it ends with its answer or with the death of the process
 * asked, which is always noticed.
 */
public final class Requests {
  private record Open(long to, ReplyHandler handler) {}

  private final Map<Long, Open> open = new HashMap<>();
  private long lastCorrelation;

  /** Remembers a request; returns its correlation number. */
  public long open(long to, ReplyHandler handler) {
    long correlation = ++lastCorrelation;
    open.put(correlation, new Open(to, handler));
    return correlation;
  }

  /**
   * Hands an answer to who asked.
   *
   * @return false if nobody awaits it (any more): a duplicate, or not an answer
   */
  public boolean answer(Packet reply) {
    Open request = open.remove(reply.getCorrelation());
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
    Open request = open.remove(correlation);
    if (request != null) {
      request.handler.onUnreachable(failure);
    }
  }

  /** A process (or a node) died: nothing it was asked will be answered. */
  public void onProcessDied(long dead, Failure failure) {
    List<Long> lost = new ArrayList<>();
    open.forEach((correlation, request) -> {
      if (ProcessAddress.diesWith(request.to, dead)) {
        lost.add(correlation);
      }
    });
    lost.forEach(correlation -> end(correlation, failure));
  }

  /** Everything ends: the cluster is lost, or this process closes. */
  public void failAll(Failure failure) {
    List.copyOf(open.keySet()).forEach(correlation -> end(correlation, failure));
  }

  public int size() {
    return open.size();
  }
}
