package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.spi.MobulaRuntime;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which cluster {@code init} is about: one to join, one to start, or this process alone. */
final class DriverProviderTest {
  /** Each describes a node, of which there is none to start when a cluster is joined. */
  enum NodeOption {
    CPUS(o -> o.numCpus(1)),
    MEMORY(o -> o.memoryBytes(1)),
    STORE(o -> o.objectStoreBytes(1 << 20)),
    RESOURCES(o -> o.resources(Map.of("licence", 1.0))),
    CONFIG(o -> o.config("driver.nodes", "1"));

    @SuppressWarnings("ImmutableEnumChecker") // The lambdas have no state.
    private final Consumer<InitOptions.Builder> change;

    NodeOption(Consumer<InitOptions.Builder> change) {
      this.change = change;
    }
  }

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

  /** Whoever runs the program may not have written it. */
  @ParameterizedTest
  @EnumSource
  void shouldNameTheVariableWhenOptionsDescribeANodeAndItNamesACluster(NodeOption option) {
    ConfigurationException refusal =
        refusal(option.change, Map.of(DriverProvider.ADDRESS_VARIABLE, "head:6379"));
    assertThat(refusal)
        .hasMessageContaining("MOBULA_ADDRESS=head:6379")
        .hasMessageContaining("unset the variable");
  }

  @Test
  void shouldRefuseAnAddressWhenTheVariableAsksForALocalCluster() {
    assertThat(refusal(o -> o.address("head:6379"), Map.of("MOBULA_DRIVER_LOCAL", "true")))
        .hasMessageContaining("head:6379")
        .hasMessageContaining("MOBULA_DRIVER_LOCAL");
  }

  @Test
  void shouldPreferTheOptionToTheVariableWhenBothNameACluster() {
    InitOptions options = InitOptions.of(o -> o.address("mine.invalid:6379"));
    Map<String, String> environment = Map.of(DriverProvider.ADDRESS_VARIABLE, "other.invalid:1");
    // Without a secret it is not even dialled.
    assertThatThrownBy(() -> DriverProvider.connect(options, environment))
        .isInstanceOfSatisfying(
            ClusterConnectionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRET_REFUSED))
        .hasMessageContaining("address=mine.invalid:6379");
  }

  /** To debug on a machine whose environment names a cluster. */
  @Test
  void shouldStayInThisProcessWhenLocalIsAskedForAndTheVariableNamesACluster() {
    InitOptions options =
        InitOptions.of(o -> o.local(true).numCpus(1).objectStoreBytes(8L << 20).namespace("own"));
    MobulaRuntime runtime =
        DriverProvider.connect(
            options, Map.of(DriverProvider.ADDRESS_VARIABLE, "nobody.invalid:6379"));
    try {
      assertThat(runtime.nodes()).hasSize(1);
      assertThat(runtime.context().namespace()).isEqualTo("own");
      assertThat(runtime.isInWorker()).isFalse();
    } finally {
      runtime.close();
    }
    // Who was handed the runtime may close it as often as it likes.
    runtime.close();
  }

  private static ConfigurationException refusal(
      Consumer<InitOptions.Builder> change, Map<String, String> environment) {
    InitOptions options = InitOptions.of(change);
    ConfigurationException refusal =
        catchThrowableOfType(
            ConfigurationException.class, () -> DriverProvider.connect(options, environment));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(ErrorCode.OPTION_INVALID);
    return refusal;
  }
}
