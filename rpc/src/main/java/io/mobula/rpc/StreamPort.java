package io.mobula.rpc;

/** One side of a gRPC call, whichever it is. Called on the owning loop's thread alone. */
interface StreamPort {
  boolean isReady();

  void send(PacketFrame frame);

  /** Lets the peer send as many more frames. */
  void request(int frameCount);

  /** No more frames from here; ends the call once the peer agrees. */
  void finish();

  /** Ends the call now. */
  void abort();
}
