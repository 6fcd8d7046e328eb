package io.mobula.cli;

import io.mobula.driver.ClusterStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A cluster's status for people. Pure. */
final class StatusText {
  private static final String MEMORY = "memory";
  private static final double GIB = 1L << 30;

  private StatusText() {}

  static String of(String head, ClusterStatus status) {
    StringBuilder text = new StringBuilder();
    long alive = status.nodes().stream().filter(ClusterStatus.Node::isAlive).count();
    text.append("cluster at ")
        .append(head)
        .append(": ")
        .append(alive)
        .append(alive == 1 ? " node" : " nodes")
        .append("\n\n");
    TextTable nodes =
        new TextTable(
            "node",
            "host",
            "address",
            "state",
            "cpu used",
            "memory used",
            "store used",
            "workers",
            "queued",
            "other");
    for (ClusterStatus.Node node : livingFirst(status.nodes())) {
      if (!node.isAlive()) {
        // What it had is gone; shown as free or used it would mislead.
        nodes.add(name(node), node.host(), node.address(), dead(node), "", "", "", "", "", "");
        continue;
      }
      nodes.add(
          name(node),
          node.host(),
          node.address(),
          "alive",
          used(node, "CPU", 1, "%.4g/%.4g"),
          used(node, MEMORY, GIB, "%.1f/%.1f GiB"),
          String.format(
              Locale.ROOT,
              "%.2f/%.2f GiB",
              node.storeUsedBytes() / GIB,
              node.storeCapacityBytes() / GIB),
          node.workers()
              + (node.retainedWorkers() == 0 ? "" : " (" + node.retainedWorkers() + " retained)"),
          Integer.toString(node.queuedLeases()),
          others(node));
    }
    text.append(nodes);
    appendJobs(text, status);
    appendActors(text, status);
    return text.toString().stripTrailing();
  }

  private static List<ClusterStatus.Node> livingFirst(List<ClusterStatus.Node> nodes) {
    return nodes.stream()
        .sorted(
            Comparator.comparing((ClusterStatus.Node node) -> !node.isAlive())
                .thenComparingInt(ClusterStatus.Node::number))
        .toList();
  }

  private static String name(ClusterStatus.Node node) {
    return node.number() + (node.isHead() ? " (head)" : "");
  }

  private static String dead(ClusterStatus.Node node) {
    return "dead: " + node.deathReason();
  }

  private static void appendJobs(StringBuilder text, ClusterStatus status) {
    List<ClusterStatus.Job> running =
        status.jobs().stream().filter(ClusterStatus.Job::isRunning).toList();
    if (running.isEmpty()) {
      return;
    }
    TextTable jobs = new TextTable("job", "pid", "program");
    for (ClusterStatus.Job job : running) {
      jobs.add(Integer.toString(job.id()), Long.toString(job.driverPid()), job.entrypoint());
    }
    text.append('\n').append(jobs);
  }

  private static void appendActors(StringBuilder text, ClusterStatus status) {
    List<ClusterStatus.Actor> living =
        status.actors().stream().filter(actor -> !actor.phase().equals("DEAD")).toList();
    if (living.isEmpty()) {
      return;
    }
    TextTable actors = new TextTable("actor", "class", "name", "state", "node", "pid", "restarts");
    for (ClusterStatus.Actor actor : living) {
      actors.add(
          actor.id(),
          actor.className(),
          actor.name(),
          actor.phase().toLowerCase(Locale.ROOT),
          Integer.toString(actor.node()),
          Long.toString(actor.pid()),
          Integer.toString(actor.restarts()));
    }
    text.append('\n').append(actors);
  }

  private static String used(ClusterStatus.Node node, String name, double unit, String format) {
    double total = node.total().getOrDefault(name, 0.0);
    double free = node.available().getOrDefault(name, 0.0);
    return String.format(Locale.ROOT, format, (total - free) / unit, total / unit);
  }

  private static String others(ClusterStatus.Node node) {
    List<String> parts = new ArrayList<>();
    Map<String, Double> total = node.total();
    for (String name : new TreeSet<>(total.keySet())) {
      if (!name.equals("CPU") && !name.equals(MEMORY)) {
        parts.add(name + " " + used(node, name, 1, "%.4g/%.4g"));
      }
    }
    return String.join(", ", parts);
  }
}
