package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ConfigurationException;
import io.mobula.api.InitOptions;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DriverProviderTest {
  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "host", "host:", "host:port", "host:99999", "a:b:6379"})
  void shouldSayHowToWriteAddressWhenItIsNone(String address) {
    Map<String, String> environment = Map.of(DriverProvider.ADDRESS_VARIABLE, address);
    InitOptions options = InitOptions.of(o -> {});
    assertThatThrownBy(() -> DriverProvider.connect(options, environment))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + address + "'")
        .hasMessageContaining("write host:port");
  }
}
