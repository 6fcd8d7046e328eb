package io.mobula.driver;

import io.mobula.agent.config.HostPort;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RuntimeProvider;
import io.mobula.driver.classpath.LaunchRefusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Mobula.init()} does: starts a cluster that is this process alone, if that is asked
 * for; else joins the cluster of the given address, or that of {@code MOBULA_ADDRESS}, or starts
 * one inside this process. Found by ServiceLoader.
 */
public final class DriverProvider implements RuntimeProvider {
  static final String ADDRESS_VARIABLE = "MOBULA_ADDRESS";

  /** For ServiceLoader. */
  public DriverProvider() {}

  @Override
  public MobulaRuntime connect(InitOptions options) {
    LaunchRefusal.requireUsableJvm();
    return connect(options, System.getenv());
  }

  /** As above, in this environment. */
  static MobulaRuntime connect(InitOptions options, Map<String, String> environment) {
    if (DriverConfig.read(options, environment).isLocal()) {
      refuseAddress(options);
      return DriverSession.local(options, environment);
    }
    String address = address(options, environment);
    if (address == null) {
      return DriverSession.embedded(options, environment);
    }
    refuseNodeOptions(address, options);
    return DriverSession.joined(parsed(address), options, environment);
  }

  /**
   * The options refuse this themselves when the address is among them; here it may come from the
   * environment.
   */
  private static void refuseNodeOptions(String address, InitOptions options) {
    if (options.numCpus() != null
        || options.memoryBytes() != null
        || options.objectStoreBytes() != null
        || !options.resources().isEmpty()
        || !options.config().isEmpty()) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID,
          "options that describe a cluster to start, but there is one to join: "
              + ADDRESS_VARIABLE
              + "="
              + address
              + "; unset the variable to start a cluster, or drop numCpus, memoryBytes,"
              + " objectStoreBytes, resources and config");
    }
  }

  private static String parsed(String address) {
    try {
      return HostPort.parse(address).toString();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID,
          "not an address of a head: '"
              + address
              + "'; write host:port, such as 10.0.0.1:6379 (option address, "
              + ADDRESS_VARIABLE
              + ")",
          e);
    }
  }

  /** As above: local may come from the environment. */
  private static void refuseAddress(InitOptions options) {
    if (options.address() != null) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID,
          "a local cluster is asked for (MOBULA_DRIVER_LOCAL), but the program joins the one at "
              + options.address()
              + ": unset the variable, or drop the address");
    }
  }

  private static @Nullable String address(InitOptions options, Map<String, String> environment) {
    if (options.address() != null) {
      return options.address();
    }
    String variable = environment.get(ADDRESS_VARIABLE);
    return variable == null || variable.isBlank() ? null : variable.trim();
  }
}
