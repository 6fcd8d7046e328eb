package io.mobula.gcs.state;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Refusal;

/** GcsPackets and refusals as packets of the GCS. */
public final class GcsPackets {
  private GcsPackets() {}

  /** A failure that happened here. */
  public static Failure failure(FailureKind kind, String message) {
    return Failure.newBuilder().setKind(kind).setMessage(message).build();
  }

  /** The answer "no" to a request. */
  public static Packet refusal(long to, long correlation, Failure failure) {
    return packet(to, correlation).setRefusal(Refusal.newBuilder().setFailure(failure)).build();
  }

  /** A packet from the GCS without a body yet. */
  public static Packet.Builder packet(long to, long correlation) {
    return Packet.newBuilder().setFrom(ProcessAddress.GCS).setTo(to).setCorrelation(correlation);
  }
}
