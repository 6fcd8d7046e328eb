package io.mobula.driver;

import io.mobula.agent.config.ConfigKey;
import io.mobula.agent.config.ConfigSchema;
import io.mobula.agent.config.ConfigTypes;
import io.mobula.agent.config.ConfigValues;
import java.util.List;

/**
 * What a driver can be told besides its {@link io.mobula.api.InitOptions}. Immutable.
 *
 * @param nodes of an embedded cluster: each has a raylet, an object store and workers of its own
 */
public record DriverConfig(int nodes) {
  private static final int NODES_MAX = 64;

  private static final ConfigKey<Integer> NODES =
      ConfigKey.of(
          "driver.nodes",
          ConfigTypes.integer(1, NODES_MAX),
          1,
          "Nodes of an embedded cluster; more than one to try out what a cluster does.");

  /** The keys. */
  public static final ConfigSchema SCHEMA =
      ConfigSchema.of(List.of(NODES)).besides("raylet", "gcs", "worker", "cli");

  static DriverConfig of(ConfigValues values) {
    return new DriverConfig(values.get(NODES));
  }
}
