package io.mobula.gcs;

import io.mobula.agent.config.ConfigKey;
import io.mobula.agent.config.ConfigSchema;
import io.mobula.agent.config.ConfigTypes;
import io.mobula.agent.config.ConfigValues;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.gcs.packages.PackageLimits;
import io.mobula.gcs.state.StateLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything that a GCS can be told. Immutable.
 *
 * @param listenHost address to bind
 * @param port 0 for any free one
 * @param advertiseHost by which others reach it; empty: {@code listenHost}, or this host's name if
 *     that is every address
 * @param session the session's directory, which must exist
 * @param secret what callers must know
 * @param snapshotInterval commands between two snapshots of the log
 */
public record GcsConfig(
    String listenHost,
    int port,
    String advertiseHost,
    Path session,
    ClusterSecret secret,
    GcsTimings timings,
    StateLimits stateLimits,
    PackageLimits packageLimits,
    int snapshotInterval) {
  /** The port that a head listens on unless told otherwise. */
  public static final int DEFAULT_PORT = 6379;

  private static final Duration TIME_MAX = Duration.ofHours(1);
  private static final int DEFAULT_SNAPSHOT_INTERVAL = 10_000;

  private static final ConfigKey<String> LISTEN_HOST =
      ConfigKey.of("gcs.listen-host", ConfigTypes.text(), "127.0.0.1", "Address to listen on.");
  private static final ConfigKey<Integer> PORT =
      ConfigKey.of(
          "gcs.port",
          ConfigTypes.integer(0, 65_535),
          DEFAULT_PORT,
          "Port to listen on; 0 for any free one.");
  private static final ConfigKey<String> ADVERTISE_HOST =
      ConfigKey.optional(
          "gcs.advertise-host",
          ConfigTypes.text(),
          "the listen host, or this host's name",
          "By which others reach the GCS.");
  private static final ConfigKey<Path> SESSION =
      ConfigKey.required(
          "gcs.session-directory", ConfigTypes.path(), "Directory of the session it belongs to.");
  private static final ConfigKey<Path> TOKEN_FILE =
      ConfigKey.optional(
          "gcs.token-file",
          ConfigTypes.path(),
          "MOBULA_TOKEN, or token in the session directory",
          "File with the cluster's secret.");
  private static final ConfigKey<Duration> HEARTBEAT_TIMEOUT =
      ConfigKey.of(
          "gcs.heartbeat-timeout",
          ConfigTypes.duration(Duration.ofMillis(100), TIME_MAX),
          GcsTimings.DEFAULT.heartbeatTimeout(),
          "A node that says nothing for that long is dead.");
  private static final ConfigKey<Duration> REDIAL_GRACE =
      ConfigKey.of(
          "gcs.redial-grace",
          ConfigTypes.duration(Duration.ZERO, TIME_MAX),
          GcsTimings.DEFAULT.redialGrace(),
          "A node whose connection broke has that long to come back.");
  private static final ConfigKey<Duration> UPDATE_INTERVAL =
      ConfigKey.of(
          "gcs.update-interval",
          ConfigTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
          GcsTimings.DEFAULT.updateInterval(),
          "Load changes are passed on to the nodes at most that often.");
  private static final ConfigKey<Integer> HISTORY_COUNT =
      ConfigKey.of(
          "gcs.history-count",
          ConfigTypes.integer(0, 1_000_000),
          StateLimits.DEFAULT.historyCountMax(),
          "Dead nodes, ended jobs and dead actors that are remembered, each.");
  private static final ConfigKey<Integer> ACTOR_COUNT_MAX =
      ConfigKey.of(
          "gcs.actor-count-max",
          ConfigTypes.integer(1, 100_000_000),
          StateLimits.DEFAULT.actorCountMax(),
          "Actors that may live at once.");
  private static final ConfigKey<Long> KV_SIZE_MAX =
      ConfigKey.of(
          "gcs.kv-size-max",
          ConfigTypes.bytes(0, 1L << 40),
          StateLimits.DEFAULT.kvBytesMax(),
          "Size of the key-value table.");
  private static final ConfigKey<Long> PACKAGE_SIZE_MAX =
      ConfigKey.of(
          "gcs.package-size-max",
          ConfigTypes.bytes(0, 1L << 40),
          PackageLimits.DEFAULT.packageBytesMax(),
          "Size of one class-path entry that nodes of other hosts need.");
  private static final ConfigKey<Long> PACKAGE_CACHE_SIZE =
      ConfigKey.of(
          "gcs.package-cache-size",
          ConfigTypes.bytes(0, 1L << 50),
          PackageLimits.DEFAULT.cacheBytesMax(),
          "Size of all class-path entries that are kept on disk.");

  /** The keys. */
  public static final ConfigSchema SCHEMA =
      ConfigSchema.of(
              List.of(
                  LISTEN_HOST,
                  PORT,
                  ADVERTISE_HOST,
                  SESSION,
                  TOKEN_FILE,
                  HEARTBEAT_TIMEOUT,
                  REDIAL_GRACE,
                  UPDATE_INTERVAL,
                  HISTORY_COUNT,
                  ACTOR_COUNT_MAX,
                  KV_SIZE_MAX,
                  PACKAGE_SIZE_MAX,
                  PACKAGE_CACHE_SIZE))
          .besides("raylet", "driver", "worker", "cli");

  /** A GCS of an embedded cluster: any free port of this machine alone, defaults for the rest. */
  public static GcsConfig embedded(Path session, ClusterSecret secret) {
    return new GcsConfig(
        "127.0.0.1",
        0,
        "",
        session,
        secret,
        GcsTimings.DEFAULT,
        StateLimits.DEFAULT,
        PackageLimits.DEFAULT,
        DEFAULT_SNAPSHOT_INTERVAL);
  }

  /** This configuration, with nodes that may be silent for ever. */
  GcsConfig withPatience() {
    return new GcsConfig(
        listenHost,
        port,
        advertiseHost,
        session,
        secret,
        timings.withPatience(),
        stateLimits,
        packageLimits,
        snapshotInterval);
  }

  /**
   * The record of these values. The secret is that of {@code MOBULA_TOKEN}, else of the token file.
   *
   * @throws ConfigurationProblem if there is no secret
   */
  public static GcsConfig of(ConfigValues values, Map<String, String> environment)
      throws ConfigurationProblem {
    Path session = values.get(SESSION);
    return new GcsConfig(
        values.get(LISTEN_HOST),
        values.get(PORT),
        values.find(ADVERTISE_HOST).orElse(""),
        session,
        readSecret(values.find(TOKEN_FILE).orElse(session.resolve("token")), environment),
        new GcsTimings(
            values.get(HEARTBEAT_TIMEOUT),
            values.get(REDIAL_GRACE),
            values.get(UPDATE_INTERVAL),
            GcsTimings.DEFAULT.earlySubscriptionTimeout()),
        new StateLimits(
            values.get(HISTORY_COUNT),
            values.get(ACTOR_COUNT_MAX),
            StateLimits.DEFAULT.startAttemptsMax(),
            values.get(KV_SIZE_MAX)),
        new PackageLimits(
            values.get(PACKAGE_SIZE_MAX),
            values.get(PACKAGE_CACHE_SIZE),
            PackageLimits.DEFAULT.chunkBytesMax(),
            PackageLimits.DEFAULT.waiterCountMax()),
        DEFAULT_SNAPSHOT_INTERVAL);
  }

  private static ClusterSecret readSecret(Path file, Map<String, String> environment)
      throws ConfigurationProblem {
    try {
      return ClusterSecret.find(null, environment, file)
          .orElseThrow(() -> new ConfigurationProblem(List.of("no cluster token")));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationProblem(
          List.of(
              "no usable cluster token: "
                  + e.getMessage()
                  + "; set MOBULA_TOKEN or gcs.token-file"));
    }
  }
}
