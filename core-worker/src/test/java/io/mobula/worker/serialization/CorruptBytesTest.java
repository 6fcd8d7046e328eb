package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.SerializationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bytes that no encoder wrote give a SerializationException or some value: no hang, no huge array.
 */
@Timeout(120)
final class CorruptBytesTest {
  private static final long SEED = 20_251_101;
  private static final int MUTANTS_PER_SAMPLE = 30;
  private static final int SIZE_BYTES_MAX = 20_000;

  private final ValueCodec codec = new ValueCodec(CorruptBytesTest.class.getClassLoader());

  @Test
  void shouldFailCleanlyWhenBytesAreChanged() {
    Random random = new Random(SEED);
    int refused = 0;
    for (Sample sample : ConformanceMain.samples()) {
      GraphValue encoded = codec.encodeGraph(sample.value(), ConformanceMain.NoSink.INSTANCE);
      byte[] bytes = encoded.toByteArray();
      if (bytes.length > SIZE_BYTES_MAX) {
        continue;
      }
      for (int i = 0; i < MUTANTS_PER_SAMPLE; i++) {
        refused += isRefused(sample, mutant(bytes, random)) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private static byte[] mutant(byte[] bytes, Random random) {
    byte[] mutant = bytes.clone();
    switch (random.nextInt(4)) {
      case 0 -> mutant = java.util.Arrays.copyOf(mutant, random.nextInt(mutant.length));
      case 1 -> mutant = java.util.Arrays.copyOf(mutant, mutant.length + 1 + random.nextInt(9));
      default -> {
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
          mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return mutant;
  }

  private boolean isRefused(Sample sample, byte[] bytes) {
    try {
      codec.decode(ValueKind.GRAPH.number(), bytes, new NoReferences());
      return false;
    } catch (SerializationException e) {
      assertThat(e.getMessage()).as("%s", sample).startsWith("cannot deserialize");
      return true;
    }
  }

  @Test
  void shouldRefuseSizesThatTheBytesCantHold() {
    byte[] list =
        codec.encodeGraph(new ArrayList<>(), ConformanceMain.NoSink.INSTANCE).toByteArray();
    byte[] longer = java.util.Arrays.copyOf(list, list.length + 4);
    longer[2] = longer[3] = longer[4] = longer[5] = (byte) 0xFF;
    longer[6] = 0x07;
    assertThat(isRefused(Sample.equal("size", null), longer)).isTrue();
  }

  @Test
  void shouldRefuseCapacitiesOfTheJdkThatTheBytesCantHold() {
    HashMap<String, String> map = new java.util.LinkedHashMap<>();
    byte[] bytes = codec.encodeGraph(map, ConformanceMain.NoSink.INSTANCE).toByteArray();
    // HashMap writes its number of entries last in its section, before the count of handles.
    for (int i = bytes.length - 12; i < bytes.length - 3; i++) {
      byte[] changed = bytes.clone();
      changed[i] = 0x7F;
      isRefused(Sample.equal("capacity", null), changed);
    }
  }

  @Test
  void shouldRefuseWrongSizesOfRawKinds() {
    for (ValueKind kind : ValueKind.values()) {
      if (kind != ValueKind.GRAPH && kind != ValueKind.NULL && kind != ValueKind.THROWABLE) {
        try {
          Object value = codec.decode(kind.number(), new byte[3], new NoReferences());
          assertThat(value).isNotNull();
        } catch (SerializationException e) {
          assertThat(e).hasMessageContaining(kind.name());
        }
      }
    }
    assertThat(List.of(24, 255, -1))
        .allSatisfy(number ->
            org.assertj.core.api.Assertions.assertThatThrownBy(
                    () -> codec.decode(number, new byte[0], new NoReferences()))
                .isInstanceOf(SerializationException.class));
  }
}
