package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ChunkedObject;
import io.mobula.proto.LeasedChunk;
import io.mobula.proto.ObjectCreated;
import io.mobula.proto.Packet;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.worker.net.RecordingOutbox;
import org.junit.jupiter.api.Test;

final class StoreCreationTest {
  private static final long SELF = ProcessAddress.of(1, 7);
  private static final ObjectKey KEY = new ObjectKey(SELF, 1);
  private static final ObjectKey OTHER = new ObjectKey(SELF, 2);

  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final StoreCreation creation = new StoreCreation(outbox);
  private final Rendezvous<CoreMessage.StoreRoom> room = new Rendezvous<>();

  @Test
  void shouldHandOverRoomAndChunk() throws InterruptedException {
    Packet request = create();
    assertThat(request.getCreateObject().getCallSite()).isEqualTo("App.main");
    Packet.Builder answer =
        Packet.newBuilder()
            .setObjectCreated(
                ObjectCreated.newBuilder()
                    .setOffset(640)
                    .setChunk(
                        LeasedChunk.newBuilder()
                            .setOffset(4096)
                            .setSizeBytes(1024)
                            .setGeneration(3)));
    assertThat(outbox.answer(request, answer)).isTrue();
    assertThat(room.await())
        .isEqualTo(
            new CoreMessage.StoreRoom(640, new ChunkLease(new HeapRange(4096, 1024), 3), null));
  }

  @Test
  void shouldHandOverNoChunkWhenThereIsNone() throws InterruptedException {
    Packet request = create();
    outbox.answer(
        request, Packet.newBuilder().setObjectCreated(ObjectCreated.newBuilder().setOffset(640)));
    assertThat(room.await()).isEqualTo(new CoreMessage.StoreRoom(640, null, null));
  }

  @Test
  void shouldTellOfAllObjectsOfATurnAtOnce() {
    creation.flush();
    assertThat(outbox.take()).isEmpty();
    creation.chunked(KEY, "App.main");
    creation.chunked(OTHER, "");
    assertThat(outbox.take()).isEmpty();
    creation.flush();
    creation.flush();
    assertThat(outbox.take())
        .singleElement()
        .satisfies(packet ->
            assertThat(packet.getChunkedObjects().getObjectsList())
                .containsExactly(
                    ChunkedObject.newBuilder().setId(KEY.toProto()).setCallSite("App.main").build(),
                    ChunkedObject.newBuilder().setId(OTHER.toProto()).build()));
  }

  @Test
  void shouldHaveRayletLookWhenRoomIsGivenUp() {
    creation.chunkRoomUnused();
    creation.flush();
    assertThat(outbox.take())
        .singleElement()
        .satisfies(packet -> {
          assertThat(packet.getTo()).isEqualTo(outbox.raylet());
          assertThat(packet.hasChunkedObjects()).isTrue();
        });
    creation.flush();
    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldGiveRoomUpWhenNobodyWaitsForItAnyMore() {
    Packet request = create();
    assertThat(room.abandon()).isNull();
    outbox.answer(
        request, Packet.newBuilder().setObjectCreated(ObjectCreated.newBuilder().setOffset(640)));
    assertThat(outbox.take())
        .singleElement()
        .satisfies(packet -> assertThat(packet.getAbortObject().getId()).isEqualTo(KEY.toProto()));
  }

  private Packet create() {
    creation.create(new CoreMessage.CreateStored(KEY, 200_000, 0, "App.main", room));
    return outbox.take().getFirst();
  }
}
