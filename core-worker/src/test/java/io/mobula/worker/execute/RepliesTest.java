package io.mobula.worker.execute;

import static io.mobula.worker.execute.ExecuteRig.inline;
import static io.mobula.worker.execute.ExecuteRig.spec;
import static io.mobula.worker.execute.ExecuteRig.stored;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.ReplyReceipt;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.ObjectEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an answer may go, and how long what is inside it is kept. */
final class RepliesTest {
  private static final ObjectKey INSIDE = new ObjectKey(ExecuteRig.OTHER_OWNER, 3);
  private static final ObjectKey ALSO_INSIDE = new ObjectKey(ExecuteRig.OTHER_OWNER, 4);

  private final ExecuteRig rig = new ExecuteRig();

  @Test
  void shouldAnswerAtOnceWhenNothingWasDecoded() {
    finish(run(inline(INSIDE.toProto())));
    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
  }

  @Test
  void shouldSendSeveralPacketsWhenTheAnswersOfATurnAreLarge() {
    EncodedValue large =
        EncodedValue.newBuilder().setData(ByteString.copyFrom(new byte[9 << 20])).build();
    for (long sequence = 1; sequence <= 10; sequence++) {
      rig.push(1, spec(sequence));
      Execution execution = java.util.Objects.requireNonNull(rig.queues.get(1L)).added.getLast();
      rig.replies.send(execution, ExecuteRig.done(execution).toBuilder().setValue(large).build());
    }
    rig.replies.flush();
    List<Packet> packets = rig.outbox.take(BodyCase.TASK_REPLIES);
    assertThat(packets)
        .hasSize(4)
        .allSatisfy(
            packet -> assertThat(packet.getSerializedSize()).isLessThan(Replies.PACKET_BYTES_MAX));
    assertThat(packets)
        .flatExtracting(packet ->
            packet.getTaskReplies().getRepliesList().stream().map(TaskReply::getSequence).toList())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void shouldNotAnswerBeforeWhatItDecodedIsRegistered() {
    Execution execution = run(inline(INSIDE.toProto(), ALSO_INSIDE.toProto()));
    ObjectEntry first = decode(INSIDE);
    ObjectEntry second = decode(ALSO_INSIDE);

    finish(execution);
    rig.references.flush();
    assertThat(rig.answered(ExecuteRig.OWNER)).isEmpty();
    rig.registered();

    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
    assertThat(first.retains()).isEqualTo(1);
    assertThat(second.retains()).isEqualTo(1);
  }

  @Test
  void shouldWaitForReferencesInStoredArgumentsToo() {
    Execution execution = run(stored(100, INSIDE.toProto()));
    decode(INSIDE);
    finish(execution);
    rig.references.flush();
    assertThat(rig.answered(ExecuteRig.OWNER)).isEmpty();
    rig.registered();
    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
  }

  @Test
  void shouldAnswerWhenTheOwnerOfWhatItDecodedDies() {
    Execution execution = run(inline(INSIDE.toProto()));
    decode(INSIDE);
    finish(execution);
    rig.references.flush();

    rig.outbox
        .requests()
        .onProcessDied(ExecuteRig.OTHER_OWNER, Failures.ownerDied(INSIDE, "killed"));

    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
  }

  @Test
  void shouldStillRegisterWhatWasDroppedBeforeTheAnswer() {
    Execution execution = run(inline(INSIDE.toProto()));
    rig.references.release(decode(INSIDE));
    finish(execution);
    rig.references.flush();
    assertThat(rig.answered(ExecuteRig.OWNER)).isEmpty();

    rig.registered();
    rig.references.flush();

    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
    rig.outbox.takeOnly(BodyCase.REMOVE_BORROWER);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldKeepWhatIsInsideAResultUntilItsReceiptIsSaid() {
    ObjectEntry inside = resultWith();
    assertThat(rig.replies.handovers()).isOne();
    assertThat(rig.table.find(inside.key())).isSameAs(inside);

    rig.replies.onReferencesReceived(ExecuteRig.OWNER, List.of(receipt(0)));
    rig.replies.onReferencesReceived(ExecuteRig.OWNER, List.of(receipt(0)));

    assertThat(rig.replies.handovers()).isZero();
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldKeepWhatIsInsideASecondAttemptWhenTheFirstIsReceived() {
    ObjectEntry first = resultWith(50, 0);
    ObjectEntry second = resultWith(51, 1);

    rig.replies.onReferencesReceived(ExecuteRig.OWNER, List.of(receipt(0)));
    assertThat(rig.table.find(first.key())).isNull();
    assertThat(rig.table.find(second.key())).isSameAs(second);

    rig.replies.onReferencesReceived(ExecuteRig.OWNER, List.of(receipt(1)));
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldNotLetGoWhenAnotherProcessSaysSo() {
    resultWith();
    rig.replies.onReferencesReceived(ExecuteRig.OTHER_OWNER, List.of(receipt(0)));
    rig.replies.onProcessDied(ExecuteRig.OTHER_OWNER);
    assertThat(rig.replies.handovers()).isOne();
  }

  @Test
  void shouldLetGoWhenTheReceiverOrItsNodeDies() {
    resultWith();
    rig.replies.onProcessDied(ProcessAddress.of(2, 0));
    assertThat(rig.replies.handovers()).isZero();
    assertThat(rig.table.entries()).isEmpty();
  }

  private Execution run(io.mobula.proto.TaskArgument argument) {
    return runAt(5, spec(1, argument));
  }

  private Execution runAt(long lease, TaskSpec spec) {
    rig.push(lease, spec);
    if (spec.getArguments(0).hasStored()) {
      rig.arrive();
    }
    ExecuteRig.ListQueue queue = rig.queues.get(lease);
    if (queue == null) {
      throw new AssertionError("no slot");
    }
    return queue.added.getFirst();
  }

  private void finish(Execution execution) {
    rig.slots.onFinished(execution, ExecuteRig.done(execution));
  }

  /** As user code does that decodes a reference. */
  private ObjectEntry decode(ObjectKey key) {
    ObjectEntry entry = rig.table.retainOrCreate(key, ExecuteRig.SELF);
    rig.references.borrow(entry);
    return entry;
  }

  private static ReplyReceipt receipt(int attempt) {
    return ReplyReceipt.newBuilder().setSequence(1).setAttempt(attempt).build();
  }

  /** A finished task whose result holds a reference to an object of this process. */
  private ObjectEntry resultWith() {
    return resultWith(50, 0);
  }

  private ObjectEntry resultWith(long sequence, int attempt) {
    Execution execution =
        runAt(5 + attempt, spec(1, inline()).toBuilder().setAttempt(attempt).build());
    ObjectEntry inside = ObjectEntry.pending(new ObjectKey(ExecuteRig.SELF, sequence));
    rig.table.add(inside);
    rig.replies.keep(execution, List.of(inside));
    finish(execution);
    return inside;
  }
}
