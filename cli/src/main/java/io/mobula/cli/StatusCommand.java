package io.mobula.cli;

import io.mobula.driver.ClusterClient;
import io.mobula.driver.ClusterStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "Print JSON.")
  private boolean isJson;

  @Override
  public Integer call() {
    String head = cluster.head();
    String secret = cluster.secret(head).hex();
    ClusterStatus status = new ClusterClient(head, secret, TIMEOUT).status();
    PrintWriter out = spec.commandLine().getOut();
    out.println(isJson ? Json.write(status) : StatusText.of(head, status));
    out.flush();
    return MobulaCommand.OK;
  }
}
