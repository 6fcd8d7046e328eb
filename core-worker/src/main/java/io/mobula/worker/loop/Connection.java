package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.proto.EndJob;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.proto.Refusal;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.net.Requests;
import io.mobula.worker.net.Router;

/**
 * This process's place in the cluster once the raylet has welcomed it, for all phases from then on.
 * Owner thread: the loop.
 *
 * @param raylet the link to the raylet
 * @param router sends packets
 * @param requests await their answers
 */
record Connection(Link raylet, Router router, Requests requests) {
  /** Sends a user thread's request, and gives it the answer. */
  void ask(CoreMessage.Ask ask) {
    router.request(
        ask.to(),
        ask.packet(),
        new ReplyHandler() {
          @Override
          public void onReply(Packet reply) {
            ask.answer().complete(reply);
          }

          @Override
          public void onUnreachable(Failure failure) {
            refuse(ask, failure);
          }
        });
  }

  static void refuse(CoreMessage.Ask ask, Failure failure) {
    ask.answer()
        .complete(Packet.newBuilder().setRefusal(Refusal.newBuilder().setFailure(failure)).build());
  }

  void endJob(int job, String reason) {
    router.send(
        ProcessAddress.GCS,
        Packet.newBuilder().setEndJob(EndJob.newBuilder().setId(job).setReason(reason)));
  }
}
