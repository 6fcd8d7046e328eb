package io.mobula.cli;

import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code mobula stop}: ends what {@code mobula start} started on this machine, and nothing else.
 */
@Command(
    name = "stop",
    description = "End the daemons that 'mobula start' started on this machine.",
    mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  private static final long ORDERLY_SECONDS = 8;
  private static final long KILLED_SECONDS = 5;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print what was ended as JSON.")
  private boolean isJson;

  @Override
  public Integer call() throws Exception {
    SessionRoot root = SessionRoot.openDefault();
    List<Sessions.Daemon> ended = new ArrayList<>();
    for (Sessions.Daemon daemon : Sessions.daemons(root)) {
      ProcessHandle process = ProcessHandle.of(daemon.pid()).orElse(null);
      if (process != null && isOurs(process)) {
        end(process, ORDERLY_SECONDS);
        ended.add(daemon);
      }
    }
    root.sweep();
    report(ended);
    return MobulaCommand.OK;
  }

  /**
   * Whether the process with that number still is a daemon, and not another program that got the
   * number since.
   */
  static boolean isOurs(ProcessHandle process) {
    String command = commandLine(process);
    return command.contains("io.mobula.gcs.GcsMain")
        || command.contains("io.mobula.raylet.RayletMain");
  }

  /** The JDK gives no more than 4 KiB of it, which a class path fills. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Not Linux, or gone meanwhile.
      return process.info().commandLine().orElse("")
          + String.join(" ", process.info().arguments().orElse(new String[0]));
    }
  }

  /** Ends it, in order if it can; returns when it is gone, so that its folder can be, too. */
  static void end(ProcessHandle process, long orderlySeconds) throws InterruptedException {
    process.destroy();
    if (isGone(process, orderlySeconds)) {
      return;
    }
    process.destroyForcibly();
    if (!isGone(process, KILLED_SECONDS)) {
      throw CommandFailure.failed(
          "a daemon does not end, though it was killed: pid="
              + process.pid()
              + "; see what it waits for (ps -o pid,stat,wchan -p "
              + process.pid()
              + ") and stop again");
    }
  }

  private static boolean isGone(ProcessHandle process, long seconds) throws InterruptedException {
    try {
      process.onExit().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a process can't be watched", e);
    }
  }

  private void report(List<Sessions.Daemon> ended) {
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (Sessions.Daemon daemon : ended) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", daemon.kind());
        row.put("pid", daemon.pid());
        row.put("address", daemon.address());
        rows.add(row);
      }
      out.println(Json.write(Map.of("ended", rows)));
    } else if (ended.isEmpty()) {
      out.println("Nothing to stop: 'mobula start' has started nothing that still runs here.");
    } else {
      for (Sessions.Daemon daemon : ended) {
        out.println(
            "ended " + daemon.kind() + " pid=" + daemon.pid() + " address=" + daemon.address());
      }
    }
    out.flush();
  }
}
