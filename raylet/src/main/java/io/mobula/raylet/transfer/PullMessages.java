package io.mobula.raylet.transfer;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.PullRequest;
import io.mobula.proto.PullResponse;
import java.net.ProtocolException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Requests and reports as messages, and back. Pure. */
final class PullMessages {

  private PullMessages() {}

  static PullRequest.Builder request(PartRequest part) {
    return PullRequest.newBuilder()
        .setId(part.key().toProto())
        .setObjectBytes(part.objectBytes())
        .setFirstByte(part.firstByte())
        .setLengthBytes(part.lengthBytes())
        .setReaderNode(part.readerNode())
        .setAttempt(part.taskAttempt());
  }

  static PartRequest part(PullRequest request, boolean isFromFile) throws ProtocolException {
    try {
      return new PartRequest(
          ObjectKey.of(request.getId()),
          request.getObjectBytes(),
          request.getFirstByte(),
          request.getLengthBytes(),
          request.getReaderNode(),
          isFromFile,
          request.getAttempt());
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(e.getMessage());
    }
  }

  static PullResponse.Builder response(SourceReport report) {
    PullResponse.Builder response =
        PullResponse.newBuilder().setStamp(report.stamp()).addAllReaderNodes(report.readerNodes());
    report
        .parts()
        .ifPresent(parts ->
            response
                .setPartBytes(parts.partBytes())
                .setParts(ByteString.copyFrom(parts.present().toByteArray())));
    return response;
  }

  static SourceReport report(PullResponse response) {
    Optional<SourceReport.Parts> parts =
        response.getPartBytes() == 0
            ? Optional.empty()
            : Optional.of(
                new SourceReport.Parts(
                    response.getPartBytes(), BitSet.valueOf(response.getParts().toByteArray())));
    return new SourceReport(response.getStamp(), parts, List.copyOf(response.getReaderNodesList()));
  }
}
