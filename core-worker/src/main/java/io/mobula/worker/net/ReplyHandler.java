package io.mobula.worker.net;

import io.mobula.proto.Failure;
import io.mobula.proto.Packet;

/** Gets the answer to a request. Loop only; exactly one method is called, once. */
public interface ReplyHandler {
  /** The answer; may be a Refusal or a StoreFailure, where the request allows one. */
  void onReply(Packet reply);

  /** There will be no answer: the process asked is dead or out of reach. */
  void onUnreachable(Failure failure);
}
