package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CapacityPolicyTest {

  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final StoreDirectory DIRECTORY = new StoreDirectory(Path.of("/dev/shm"));

  @Test
  void shouldTakeShareOfMemoryWhenFileSystemIsLarge() {
    assertThat(decide(OptionalLong.empty(), 100 * GIB, 100 * GIB))
        .isEqualTo(new CapacityDecision.Granted(30 * GIB));
  }

  @Test
  void shouldLeaveAFifthFreeWhenFileSystemIsSmall() {
    assertThat(decide(OptionalLong.empty(), 100 * GIB, 100 * MIB))
        .isEqualTo(new CapacityDecision.Granted(80 * MIB));
  }

  @Test
  void shouldTakeTheLeastWhenFileSystemIsTiny() {
    assertThat(decide(OptionalLong.empty(), 100 * GIB, 17 * MIB))
        .isEqualTo(new CapacityDecision.Granted(CapacityPolicy.CAPACITY_BYTES_MIN));
  }

  @Test
  void shouldRefuseWhenNotEvenTheLeastIsFree() {
    CapacityDecision.Refused refused =
        (CapacityDecision.Refused) decide(OptionalLong.empty(), 100 * GIB, MIB);
    assertThat(refused.requestedBytes()).isEqualTo(CapacityPolicy.CAPACITY_BYTES_MIN);
    assertThat(refused.freeBytes()).isEqualTo(MIB);
  }

  @Test
  void shouldGrantWishExactlyWhenThatMuchIsFree() {
    assertThat(decide(OptionalLong.of(64 * MIB), GIB, 64 * MIB))
        .isEqualTo(new CapacityDecision.Granted(64 * MIB));
  }

  @Test
  void shouldNameBothFiguresAndTheFixWhenWishIsLargerThanFree() {
    CapacityDecision.Refused refused =
        (CapacityDecision.Refused) decide(OptionalLong.of(2 * GIB), 100 * GIB, GIB);
    assertThat(refused.message())
        .contains("requestedBytes=2147483648", "freeBytes=1073741824", "/dev/shm", "--shm-size");
  }

  @Test
  void shouldNameTheLeastWhenWishIsTooSmall() {
    CapacityDecision.Refused refused =
        (CapacityDecision.Refused) decide(OptionalLong.of(MIB), 100 * GIB, GIB);
    assertThat(refused.message()).contains("requestedBytes=1048576", "leastBytes=16777216");
  }

  private static CapacityDecision decide(
      OptionalLong requestedBytes, long memoryBytes, long freeBytes) {
    return CapacityPolicy.decide(requestedBytes, memoryBytes, freeBytes, DIRECTORY);
  }
}
