package io.mobula.driver;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a program that joins a cluster gets the secret: what it was given, else {@code
 * MOBULA_TOKEN}, else the token file of a head that this user started on this host.
 */
public final class ClusterTokens {
  private static final String TOKEN_FILE = "token";
  private static final String GCS_FILE = "gcs.properties";
  private static final String ADDRESS_KEY = "address";

  private ClusterTokens() {}

  /**
   * @param given by an option, or null
   * @param address of the GCS, as host:port
   * @throws ClusterConnectionException if there is none; the message says how to give it
   */
  public static ClusterSecret find(
      @Nullable String given, Map<String, String> environment, String address) {
    try {
      Optional<ClusterSecret> secret =
          ClusterSecret.find(given, environment, localTokenFile(address));
      return secret.orElseThrow(() -> missing(address));
    } catch (IOException | IllegalArgumentException e) {
      throw new ClusterConnectionException(
          ErrorCode.SECRET_REFUSED,
          "the cluster's secret can't be read: " + e.getMessage() + "; " + fix(),
          e);
    }
  }

  /** The address of a head that this user started on this host; null if none runs. */
  public static @Nullable String localHead() {
    try {
      for (Path session : SessionRoot.openDefault().sessions()) {
        Path properties = session.resolve(GCS_FILE);
        if (Files.exists(properties)) {
          return PropertiesFile.read(properties).get(ADDRESS_KEY);
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Path localTokenFile(String address) throws IOException {
    for (Path session : SessionRoot.openDefault().sessions()) {
      Path properties = session.resolve(GCS_FILE);
      if (Files.exists(properties)
          && address.equals(PropertiesFile.read(properties).get(ADDRESS_KEY))) {
        return session.resolve(TOKEN_FILE);
      }
    }
    return null;
  }

  private static ClusterConnectionException missing(String address) {
    return new ClusterConnectionException(
        ErrorCode.SECRET_REFUSED, "no secret for the cluster: address=" + address + "; " + fix());
  }

  private static String fix() {
    return "give it with token(…), --token or MOBULA_TOKEN; the head keeps it in its session"
        + " folder, in the file "
        + TOKEN_FILE;
  }
}
