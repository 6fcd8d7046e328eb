package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of value that users send arrives as it was. */
@Timeout(120)
final class ConformanceTest {
  private final ValueCodec codec = new ValueCodec(ConformanceTest.class.getClassLoader());

  static Stream<Sample> samples() {
    return ConformanceMain.samples().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldArriveAsItWasWhenReadFromAnArray(Sample sample) {
    Encoding encoded = codec.encode(sample.value(), ConformanceMain.NoSink.INSTANCE);
    byte[] bytes = encoded.toByteArray();
    Object copy = codec.decode(encoded.kind().number(), bytes, new NoReferences());
    assertThat(sample.passes(copy)).as("%s arrived as %s", sample, copy).isTrue();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldArriveAsItWasWhenReadFromSharedMemory(Sample sample) {
    Encoding encoded = codec.encode(sample.value(), ConformanceMain.NoSink.INSTANCE);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(encoded.sizeBytes() + 1).asSlice(1);
      encoded.writeTo(ByteTarget.of(memory));
      Object copy = codec.decode(encoded.kind().number(), memory, new NoReferences());
      assertThat(sample.passes(copy)).as("%s arrived as %s", sample, copy).isTrue();
    }
  }
}
