package io.mobula.worker.own;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.ObjectAvailable;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.StoreFailure;
import io.mobula.proto.StoredObject;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.MappedObject;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One fetch and one release of an object, however many use it. */
final class SharedObjectsTest {
  private static final long SELF = ProcessAddress.of(1, 1);
  private static final ObjectKey KEY = new ObjectKey(ProcessAddress.of(2, 2), 8);
  private static final StoredObject STORED =
      StoredObject.newBuilder().setId(KEY.toProto()).setSizeBytes(5).build();

  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final SharedObjects shared = new SharedObjects(outbox);
  private final List<MappedObject> mapped = new ArrayList<>();
  private final List<Failure> failed = new ArrayList<>();

  @Test
  void shouldAskTheRayletOnceWhenManyFetch() {
    fetch();
    fetch();
    Packet request = outbox.takeOnly(BodyCase.FETCH_OBJECT);
    assertThat(request.getTo()).isEqualTo(ProcessAddress.of(1, 0));
    fetch();

    outbox.answer(request, available());

    assertThat(mapped).hasSize(3).containsOnly(mapped.getFirst());
    assertThat(mapped.getFirst().offset()).isEqualTo(4096);
    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldHandOutTheMappingAtOnceWhenItIsThere() {
    fetch();
    outbox.answer(outbox.takeOnly(BodyCase.FETCH_OBJECT), available());
    fetch();
    assertThat(mapped).hasSize(2);
    assertThat(shared.find(KEY)).isSameAs(mapped.getFirst());
    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldReleaseOnceWhenTheLastUseEnds() {
    fetch();
    fetch();
    outbox.answer(outbox.takeOnly(BodyCase.FETCH_OBJECT), available());

    shared.endUse(KEY, mapped.get(0));
    assertThat(outbox.take()).isEmpty();
    shared.endUse(KEY, mapped.get(1));

    assertThat(outbox.takeOnly(BodyCase.RELEASE_OBJECT).getReleaseObject().getId())
        .isEqualTo(KEY.toProto());
    assertThat(shared.size()).isZero();
  }

  @Test
  void shouldFetchAnewWhenTheLastUseHasEnded() {
    fetch();
    outbox.answer(outbox.takeOnly(BodyCase.FETCH_OBJECT), available());
    shared.endUse(KEY, mapped.getFirst());
    outbox.take();

    fetch();
    outbox.answer(outbox.takeOnly(BodyCase.FETCH_OBJECT), available());

    assertThat(mapped).hasSize(2);
    assertThat(mapped.get(1)).isNotSameAs(mapped.get(0));
    assertThat(shared.size()).isOne();
  }

  @Test
  void shouldTellEveryoneAndForgetWhenTheStoreFails() {
    fetch();
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder()
            .setStoreFailure(
                StoreFailure.newBuilder()
                    .setFailure(Failures.of(FailureKind.OBJECT_LOST, "no copy"))));

    assertThat(failed).extracting(Failure::getMessage).containsExactly("no copy", "no copy");
    fetch();
    assertThat(outbox.take(BodyCase.FETCH_OBJECT)).hasSize(1);
  }

  @Test
  void shouldFailWhenTheRayletIsGone() {
    fetch();
    outbox
        .requests()
        .onProcessDied(ProcessAddress.of(1, 0), Failures.of(FailureKind.WORKER_DIED, "gone"));
    assertThat(failed).hasSize(1);
    assertThat(shared.size()).isZero();
  }

  @Test
  void shouldPutPiecesTogetherWhenTheBytesAreStreamed() {
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setObjectPiece(piece(0, "abc", false)));
    fetch();
    assertThat(mapped).isEmpty();

    shared.onPiece(piece(3, "de", true));

    assertThat(mapped).hasSize(2);
    assertThat(mapped.getFirst().streamedBytes())
        .isNotNull()
        .satisfies(bytes ->
            assertThat(bytes.toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo("abcde".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void shouldNotTellTheRayletWhenAStreamedObjectIsNoLongerUsed() {
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setObjectPiece(piece(0, "abcde", true)));

    shared.endUse(KEY, mapped.getFirst());

    assertThat(outbox.take()).isEmpty();
    assertThat(shared.size()).isZero();
  }

  @Test
  void shouldFailWhatHasBegunToComeWhenTheClusterIsLost() {
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setObjectPiece(piece(0, "abc", false)));
    fetch();

    shared.failAll(Failures.of(FailureKind.CLUSTER_LOST, "lost"));

    assertThat(failed).extracting(Failure::getMessage).containsExactly("lost", "lost");
    shared.onPiece(piece(3, "de", true));
    assertThat(mapped).isEmpty();
    assertThat(shared.size()).isZero();
  }

  @Test
  void shouldFailWhatHasBegunToComeWhenTheRayletDies() {
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setObjectPiece(piece(0, "abc", false)));

    shared.onProcessDied(ProcessAddress.of(2, 0), "another");
    assertThat(failed).isEmpty();
    shared.onProcessDied(ProcessAddress.of(1, 0), "killed");

    assertThat(failed)
        .singleElement()
        .satisfies(failure -> assertThat(failure.getKind()).isEqualTo(FailureKind.OBJECT_LOST));
  }

  @Test
  void shouldFailTheFetchAloneWhenAPieceDoesNotFit() {
    fetch();
    outbox.answer(
        outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setObjectPiece(piece(3, "abc", true)));
    assertThat(failed)
        .singleElement()
        .satisfies(failure ->
            assertThat(failure.getMessage()).contains("does not fit").contains("roomBytes=5"));
  }

  @Test
  void shouldIgnorePiecesOfWhatNobodyAskedFor() {
    shared.onPiece(piece(0, "abc", true));
    assertThat(shared.size()).isZero();
  }

  private static ObjectPiece piece(long offset, String data, boolean isLast) {
    return ObjectPiece.newBuilder()
        .setId(KEY.toProto())
        .setOffset(offset)
        .setData(ByteString.copyFromUtf8(data))
        .setLast(isLast)
        .build();
  }

  private static Packet.Builder available() {
    return Packet.newBuilder()
        .setObjectAvailable(
            ObjectAvailable.newBuilder().setId(KEY.toProto()).setOffset(4096).setSizeBytes(5));
  }

  private void fetch() {
    shared.fetch(
        STORED,
        FetchPurpose.GET,
        MemorySegment.ofArray(new byte[5]),
        new SharedObjects.Listener() {
          @Override
          public void onMapped(MappedObject object) {
            mapped.add(object);
          }

          @Override
          public void onFailed(Failure failure) {
            failed.add(failure);
          }
        });
  }
}
