package io.mobula.driver;

import io.mobula.agent.config.ConfigKey;
import io.mobula.agent.config.ConfigSchema;
import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigTypes;
import io.mobula.agent.config.ConfigValues;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.worker.lineage.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a driver can be told besides its {@link InitOptions}. Immutable.
 *
 * @param nodes of an embedded cluster: each has a raylet, an object store and workers of its own
 * @param lineageBytesMax what the driver keeps to run tasks again whose results are lost
 * @param isRecordingCallSites whether the job's processes note the origin of every object
 * @param isLocal whether an embedded cluster has no other processes
 */
public record DriverConfig(
    int nodes, long lineageBytesMax, boolean isRecordingCallSites, boolean isLocal) {
  private static final int NODES_MAX = 64;
  private static final long LINEAGE_BYTES_MIN = 0;
  private static final long LINEAGE_BYTES_MAX = 1L << 40;

  private static final ConfigKey<Integer> NODES =
      ConfigKey.of(
          "driver.nodes",
          ConfigTypes.integer(1, NODES_MAX),
          1,
          "Nodes of an embedded cluster; more than one to try out what a cluster does.");

  private static final ConfigKey<Long> LINEAGE_BYTES =
      ConfigKey.of(
          "driver.lineage-bytes",
          ConfigTypes.bytes(LINEAGE_BYTES_MIN, LINEAGE_BYTES_MAX),
          Lineage.BYTES_MAX_DEFAULT,
          "Finished tasks that the driver keeps to make lost results again; above it the oldest"
              + " half is dropped.");

  private static final ConfigKey<Boolean> RECORD_CALL_SITES =
      ConfigKey.of(
          "driver.record-call-sites",
          ConfigTypes.bool(),
          false,
          "Whether mobula memory shows the line of user code for every object and task result; it"
              + " costs a few microseconds each. For objects put into the store it always does.");

  private static final ConfigKey<Boolean> LOCAL =
      ConfigKey.of(
          "driver.local",
          ConfigTypes.bool(),
          false,
          "Whether tasks and actors run on threads of the driver's own process, to debug them; as"
              + " Mobula.init(o -> o.local(true)).");

  /** The keys. */
  public static final ConfigSchema SCHEMA =
      ConfigSchema.of(List.of(NODES, LINEAGE_BYTES, RECORD_CALL_SITES, LOCAL))
          .besides("raylet", "gcs", "worker", "cli");

  /**
   * From the environment and the options.
   *
   * @throws ConfigurationException if a value is wrong, a key is unknown, or a local cluster is to
   *     have several nodes
   */
  static DriverConfig read(InitOptions options, Map<String, String> environment) {
    List<String> flags = new ArrayList<>();
    options.config().forEach((key, value) -> flags.add(key + "=" + value));
    DriverConfig config;
    try {
      config =
          of(
              ConfigSource.empty().withEnvironment(environment).withFlags(flags).read(SCHEMA),
              options.isLocal());
    } catch (ConfigurationProblem e) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID, String.join("; ", e.problems()), e);
    }
    if (config.isLocal && config.nodes > 1) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID,
          "a local cluster has one node: driver.nodes="
              + config.nodes
              + ": drop that setting, or local");
    }
    return config;
  }

  private static DriverConfig of(ConfigValues values, boolean isLocal) {
    return new DriverConfig(
        values.get(NODES),
        values.get(LINEAGE_BYTES),
        values.get(RECORD_CALL_SITES),
        isLocal || values.get(LOCAL));
  }
}
