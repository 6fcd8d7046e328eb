package io.mobula.driver;

import io.mobula.api.InitOptions;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RuntimeProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Mobula.init()} does: joins the cluster of the given address, or that of {@code
 * MOBULA_ADDRESS}, or starts one inside this process. Found by ServiceLoader.
 */
public final class DriverProvider implements RuntimeProvider {
  static final String ADDRESS_VARIABLE = "MOBULA_ADDRESS";

  /** For ServiceLoader. */
  public DriverProvider() {}

  @Override
  public MobulaRuntime connect(InitOptions options) {
    Map<String, String> environment = System.getenv();
    String address = address(options, environment);
    return address == null
        ? DriverSession.embedded(options, environment)
        : DriverSession.joined(address, options, environment);
  }

  private static @Nullable String address(InitOptions options, Map<String, String> environment) {
    if (options.address() != null) {
      return options.address();
    }
    String variable = environment.get(ADDRESS_VARIABLE);
    return variable == null || variable.isBlank() ? null : variable.trim();
  }
}
