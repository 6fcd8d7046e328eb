package io.mobula.worker.net;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps what a state machine sends, for a test to look at and to answer. */
public final class RecordingOutbox implements Outbox {
  private final long self;
  private final Requests requests = new Requests();
  private final List<Packet> sent = new ArrayList<>();
  private final Set<Long> congested = new HashSet<>();

  public RecordingOutbox(long self) {
    this.self = self;
  }

  @Override
  public long self() {
    return self;
  }

  @Override
  public long raylet() {
    return ProcessAddress.rayletOf(self);
  }

  @Override
  public void send(long to, Packet.Builder packet) {
    sent.add(packet.setFrom(self).setTo(to).build());
  }

  @Override
  public void request(long to, Packet.Builder packet, ReplyHandler handler) {
    send(to, packet.setCorrelation(requests.open(to, handler)));
  }

  @Override
  public boolean isCongested(long to) {
    return congested.contains(to);
  }

  public void setCongested(long to, boolean isCongested) {
    if (isCongested) {
      congested.add(to);
    } else {
      congested.remove(to);
    }
  }

  /** The requests that await an answer. */
  public Requests requests() {
    return requests;
  }

  /** Answers a request that was sent; false if it was answered before. */
  public boolean answer(Packet request, Packet.Builder answer) {
    return requests.answer(
        answer
            .setFrom(request.getTo())
            .setTo(self)
            .setCorrelation(request.getCorrelation())
            .build());
  }

  /** Everything sent since the last take, in order. */
  public List<Packet> take() {
    List<Packet> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /** The packets of one kind since the last take, in order; the others stay. */
  public List<Packet> take(BodyCase body) {
    List<Packet> found = sent.stream().filter(packet -> packet.getBodyCase() == body).toList();
    sent.removeAll(found);
    return found;
  }

  /** The one packet of its kind since the last take. */
  public Packet takeOnly(BodyCase body) {
    List<Packet> found = take(body);
    if (found.size() != 1) {
      throw new AssertionError("one " + body + " expected: found=" + found + ", others=" + sent);
    }
    return found.getFirst();
  }
}
