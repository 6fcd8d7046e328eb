package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobula.agent.id.ObjectKey;
import io.mobula.api.MobulaException;
import io.mobula.proto.StoredObject;
import org.junit.jupiter.api.Test;

/** Memory for an object that is streamed: the one who wants it has it, or fails alone. */
final class StreamRoomTest {
  @Test
  void shouldBeAsLargeAsTheObject() {
    assertThat(StreamRoom.of(object(12)).byteSize()).isEqualTo(12);
  }

  @Test
  void shouldFailWithTheSizesAndAdviceWhenObjectIsLargerThanAnArray() {
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> StreamRoom.of(object(3L << 30)))
        .withMessageContaining("sizeBytes=3221225472")
        .withMessageContaining("limitBytes=2147483639")
        .withMessageContaining("have a task reduce it");
  }

  @Test
  void shouldFailWithTheSizesWhenObjectIsLargerThanTheHeap() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    assumeTrue(heapBytes < StreamRoom.BYTES_MAX);
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> StreamRoom.of(object(StreamRoom.BYTES_MAX)))
        .withMessageContaining("heapBytes=" + heapBytes)
        .withCauseInstanceOf(OutOfMemoryError.class);
  }

  private static StoredObject object(long sizeBytes) {
    return StoredObject.newBuilder()
        .setId(new ObjectKey(1, 1).toProto())
        .setSizeBytes(sizeBytes)
        .build();
  }
}
