package io.mobula.cli;

import io.mobula.agent.config.HostPort;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.driver.ClusterClient;
import io.mobula.driver.ClusterStatus;
import io.mobula.driver.ClusterTokens;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mobula status}. */
@Command(
    name = "status",
    description = "Show a cluster: its nodes, resources, jobs and actors.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String ADDRESS_VARIABLE = "MOBULA_ADDRESS";

  @Spec private CommandSpec spec = CommandSpec.create();

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

  @Option(names = "--json", description = "Print JSON.")
  private boolean isJson;

  @Override
  public Integer call() {
    Map<String, String> environment = System.getenv();
    String head = HostPort.parse(head(environment)).toString();
    ClusterSecret secret = ClusterTokens.find(token, environment, head);
    ClusterStatus status = new ClusterClient(head, secret.hex(), TIMEOUT).status();
    PrintWriter out = spec.commandLine().getOut();
    out.println(isJson ? Json.write(status) : StatusText.of(head, status));
    out.flush();
    return MobulaCommand.OK;
  }

  private String head(Map<String, String> environment) {
    String known = address == null ? environment.get(ADDRESS_VARIABLE) : address;
    String found = known == null || known.isBlank() ? ClusterTokens.localHead() : known;
    if (found == null) {
      throw CommandFailure.failed(
          "no cluster runs on this machine: start one with 'mobula start --head', or name one with"
              + " --address HOST:PORT");
    }
    return found;
  }
}
