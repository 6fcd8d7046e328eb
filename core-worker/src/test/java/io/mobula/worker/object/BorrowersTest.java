package io.mobula.worker.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import org.junit.jupiter.api.Test;

final class BorrowersTest {
  private static final long BORROWER = ProcessAddress.of(2, 1);
  private static final long OTHER = ProcessAddress.of(2, 2);
  private final Borrowers borrowers = new Borrowers();

  @Test
  void shouldCountBorrowerOnceWhenItSaysSoTwice() {
    assertThat(borrowers.add(BORROWER, 1)).isTrue();
    assertThat(borrowers.add(BORROWER, 1)).isFalse();
    assertThat(borrowers.remove(BORROWER, 2)).isTrue();
    assertThat(borrowers.remove(BORROWER, 2)).isFalse();
    assertThat(borrowers.all()).isEmpty();
  }

  @Test
  void shouldNotCountBorrowerWhenItsRemovalCameBeforeOrLongAgo() {
    assertThat(borrowers.remove(BORROWER, 2)).isFalse();
    assertThat(borrowers.add(BORROWER, 1)).isFalse();
    assertThat(borrowers.all()).isEmpty();
  }

  @Test
  void shouldKeepBorrowerWhenAnOlderRemovalComesLate() {
    borrowers.add(BORROWER, 1);
    borrowers.add(BORROWER, 3);
    assertThat(borrowers.remove(BORROWER, 2)).isFalse();
    assertThat(borrowers.all()).containsExactly(BORROWER);
    assertThat(borrowers.remove(BORROWER, 4)).isTrue();
  }

  @Test
  void shouldForgetAllOfANodeWhenItDies() {
    borrowers.add(BORROWER, 1);
    borrowers.add(OTHER, 1);
    borrowers.remove(OTHER, 2);
    assertThat(borrowers.die(ProcessAddress.of(2, 0))).isEqualTo(1);
    assertThat(borrowers.all()).isEmpty();
  }
}
