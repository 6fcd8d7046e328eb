package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import io.mobula.driver.MemoryQuestion;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mobula memory}. */
@Command(
    name = "memory",
    description = {
      "Show who holds the memory of a cluster: each node's store, each process's references, and"
          + " the largest objects with their owner, copies, readers, everything that keeps them,"
          + " and the line of user code that made them."
    },
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int LIMIT_MAX = 10_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "Show that many objects or groups, 0 to " + LIMIT_MAX + " (default: 20).")
  private int limit;

  @Option(
      names = "--sort",
      paramLabel = "BY",
      defaultValue = "size",
      description = "Order of the largest objects: ${COMPLETION-CANDIDATES} (default: size).",
      completionCandidates = MemoryOrder.Names.class,
      converter = MemoryOrder.Parser.class)
  private MemoryOrder order = MemoryOrder.SIZE;

  @Option(
      names = "--node",
      paramLabel = "NUMBER",
      description = "Show that node alone, and what lies there or is owned there.")
  private @Nullable Integer node;

  @Option(
      names = "--group-by",
      paramLabel = "BY",
      description = "Sum objects up by: ${COMPLETION-CANDIDATES}.",
      completionCandidates = MemoryGroup.Names.class,
      converter = MemoryGroup.Parser.class)
  private @Nullable MemoryGroup group;

  @Option(names = "--json", description = "Print JSON.")
  private boolean isJson;

  @Override
  public Integer call() {
    if (limit < 0 || limit > LIMIT_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--limit is out of range: limit=" + limit + ", max=" + LIMIT_MAX);
    }
    String head = cluster.head();
    String secret = cluster.secret(head).hex();
    // Sums are of all objects that the cluster can name; a list needs no more than it shows, but
    // those of one node may be small ones.
    int wanted = group == null && node == null ? limit : LIMIT_MAX;
    ClusterMemory memory = new MemoryQuestion(head, secret, TIMEOUT).ask(wanted);
    if (node != null) {
      memory = MemorySelection.ofNode(memory, node);
      if (memory.nodes().isEmpty()) {
        throw CommandFailure.failed("no such node is alive: node=" + node);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(group == null ? list(head, memory) : sums(head, memory, group));
    out.flush();
    return MobulaCommand.OK;
  }

  private String list(String head, ClusterMemory memory) {
    ClusterMemory shown = MemorySelection.first(memory, order, limit);
    return isJson ? Json.write(shown) : MemoryText.of(head, shown);
  }

  private String sums(String head, ClusterMemory memory, MemoryGroup by) {
    MemorySums sums = MemorySums.of(memory, by, limit);
    return isJson ? Json.write(sums) : MemoryText.of(head, sums, by);
  }
}
