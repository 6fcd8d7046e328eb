package io.mobula.cli;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.driver.ClusterTokens;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that ask a running cluster: which one, and its secret. */
final class ClusterOptions {
  private static final String ADDRESS_VARIABLE = "MOBULA_ADDRESS";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "Of the head (default: MOBULA_ADDRESS, or the head of this machine).")
  private @Nullable String address;

  @Option(
      names = "--token",
      paramLabel = "SECRET",
      description = "The cluster's secret (default: MOBULA_TOKEN, or the local head's).")
  private @Nullable String token;

  /** The head's address; says what to do if there is none. */
  String head() {
    if (address != null) {
      // Also a blank one, which a script's empty variable makes: another cluster is not meant.
      return Addresses.parse(address);
    }
    String known = System.getenv(ADDRESS_VARIABLE);
    String found = known == null || known.isBlank() ? ClusterTokens.localHead() : known;
    if (found == null) {
      throw CommandFailure.failed(
          "no cluster runs on this machine: start one with 'mobula start --head', or name one with"
              + " --address HOST:PORT");
    }
    return Addresses.parse(found);
  }

  /** The secret of the cluster whose head that is. */
  ClusterSecret secret(String head) {
    Map<String, String> environment = System.getenv();
    return ClusterTokens.find(token, environment, head);
  }
}
