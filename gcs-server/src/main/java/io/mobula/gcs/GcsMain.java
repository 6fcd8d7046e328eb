package io.mobula.gcs;

import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigValues;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.session.ExitCleanup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/**
 * Runs a GCS as a process: {@code GcsMain [config-file=PATH] gcs.session-directory=PATH
 * [key=value]…}. It ends in order on SIGTERM and when a command asks it to. Exit codes: 0 ended in
 * order, 2 bad configuration, 1 anything else; the last line on standard error is then the one to
 * read.
 */
public final class GcsMain {
  private static final String CONFIG_FILE = "config-file=";
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_BAD_CONFIGURATION = 2;

  private GcsMain() {}

  /** Never returns normally before the GCS has ended. */
  public static void main(String[] arguments) {
    int exitCode;
    try {
      run(List.of(arguments));
      exitCode = 0;
    } catch (ConfigurationProblem e) {
      exitCode = fail(EXIT_BAD_CONFIGURATION, messageOf(e));
    } catch (IOException e) {
      exitCode = fail(EXIT_FAILED, messageOf(e));
    } catch (ExecutionException e) {
      exitCode = fail(EXIT_FAILED, "the GCS failed: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exitCode = fail(EXIT_FAILED, "interrupted");
    }
    System.exit(exitCode);
  }

  private static void run(List<String> arguments)
      throws ConfigurationProblem, IOException, ExecutionException, InterruptedException {
    List<String> flags = new ArrayList<>();
    ConfigSource source = ConfigSource.empty();
    for (String argument : arguments) {
      if (argument.startsWith(CONFIG_FILE)) {
        source = source.withFile(Path.of(argument.substring(CONFIG_FILE.length())));
      } else {
        flags.add(argument);
      }
    }
    ConfigValues values =
        source.withEnvironment(System.getenv()).withFlags(flags).read(GcsConfig.SCHEMA);
    values.describe().forEach(System.out::println);
    ExitCleanup exit = ExitCleanup.register("gcs-shutdown");
    try (GcsServer server = GcsServer.start(GcsConfig.of(values, System.getenv()))) {
      exit.closeAtExit(server::close);
      System.out.println("gcs is ready: address=" + server.address());
      System.out.println("gcs ends: reason=" + server.endRequested().get());
    } finally {
      exit.startIsOver();
    }
  }

  private static String messageOf(Exception problem) {
    return Objects.requireNonNullElse(problem.getMessage(), problem.toString());
  }

  private static int fail(int exitCode, String message) {
    System.err.println(message);
    return exitCode;
  }
}
