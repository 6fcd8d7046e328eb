package io.mobula.worker.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DisplayNamesTest {
  @ParameterizedTest
  @CsvSource({
    "shop.Counter, Counter",
    "Counter, Counter",
    "shop.Shop$Counter, Counter",
    "shop.Shop$Inner$Counter, Counter",
    "Main$1, Main$1",
    "shop.Main$1, Main$1",
    "shop.Main$1Local, Main$1Local",
    "shop.Main$1$2, Main$1$2",
    "shop.Main$Inner$1, Inner$1",
    "shop.Main$$Lambda/0x00007f0001, Main$$Lambda",
    "shop.Odd$, Odd$",
    "$Proxy, $Proxy"
  })
  void shouldTellClassApartWhateverItsName(String binaryName, String shown) {
    assertThat(DisplayNames.ofClass(binaryName)).isEqualTo(shown);
  }
}
