package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.worker.HeapPolicy.HeapWish;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class HeapPolicyTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  /** A node of 8 CPUs whose heaps may be 24 GiB. */
  private final HeapPolicy policy =
      HeapPolicy.of(32 * GIB, 8 * ResourceSet.UNIT, 512, OptionalLong.empty());

  @Test
  void shouldLeaveAQuarterOfTheMemoryWhenSizesAreSplit() {
    assertThat(policy.heapsBytes()).isEqualTo(24 * GIB);
  }

  @Test
  void shouldGiveASharedWorkerHalfWhenItsSlotsCanUseEveryCpu() {
    assertThat(policy.wish(LeaseKind.SHARED, cpus(1))).isEqualTo(new HeapWish(12 * GIB, false));
    HeapPolicy twoSlots = HeapPolicy.of(32 * GIB, 8 * ResourceSet.UNIT, 2, OptionalLong.empty());
    assertThat(twoSlots.wish(LeaseKind.SHARED, cpus(1)).bytes()).isEqualTo(3 * GIB);
  }

  @Test
  void shouldSplitTheOtherHalfByCpusWhenWorkersAreTheirLeases() {
    for (LeaseKind kind : new LeaseKind[] {LeaseKind.PROCESS, LeaseKind.ACTOR}) {
      assertThat(policy.wish(kind, cpus(2)).bytes()).isEqualTo(3 * GIB);
      assertThat(policy.wish(kind, ResourceSet.NONE).bytes()).isEqualTo(3 * GIB / 2);
      assertThat(policy.wish(kind, cpus(100)).bytes()).isEqualTo(12 * GIB);
    }
  }

  @Test
  void shouldGiveWhatIsAskedForWhenMemoryIs() {
    ResourceSet memory = ResourceSet.of(ResourceSet.MEMORY, 20 * GIB * ResourceSet.UNIT);
    HeapWish wish = policy.wish(LeaseKind.ACTOR, memory);
    assertThat(wish).isEqualTo(new HeapWish(20 * GIB, true));
    assertThat(policy.grant(wish, 24 * GIB)).isEqualTo(20 * GIB);
    assertThat(policy.wish(LeaseKind.SHARED, memory).isFirm()).isFalse();
    assertThat(
            policy
                .wish(LeaseKind.ACTOR, ResourceSet.of(ResourceSet.MEMORY, ResourceSet.UNIT))
                .bytes())
        .isEqualTo(64 * MIB);
  }

  @Test
  void shouldAddUpToTheMemoryWhenManyWorkersLive() {
    long taken = policy.grant(policy.wish(LeaseKind.SHARED, cpus(1)), 0);
    HeapWish wish = policy.wish(LeaseKind.ACTOR, cpus(1));
    for (int actor = 0; actor < 9; actor++) {
      taken += policy.grant(wish, taken);
    }
    assertThat(taken).isLessThanOrEqualTo(policy.heapsBytes());
  }

  @Test
  void shouldGiveEveryoneTheSmallestShareWhenNothingIsLeft() {
    assertThat(policy.grant(policy.wish(LeaseKind.ACTOR, cpus(1)), 30 * GIB))
        .isEqualTo(24 * GIB / 32);
    HeapPolicy tiny = HeapPolicy.of(0, 0, 512, OptionalLong.empty());
    assertThat(tiny.grant(tiny.wish(LeaseKind.ACTOR, ResourceSet.NONE), 0)).isEqualTo(64 * MIB);
  }

  @Test
  void shouldGiveEveryoneTheSameWhenTheConfigurationSaysSo() {
    HeapPolicy fixed = HeapPolicy.of(GIB, ResourceSet.UNIT, 512, OptionalLong.of(5 * GIB));
    for (LeaseKind kind : LeaseKind.values()) {
      assertThat(fixed.grant(fixed.wish(kind, cpus(1)), 100 * GIB)).isEqualTo(5 * GIB);
    }
  }

  private static ResourceSet cpus(int count) {
    return ResourceSet.of(ResourceSet.CPU, count * ResourceSet.UNIT);
  }
}
