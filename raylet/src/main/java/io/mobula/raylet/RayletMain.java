package io.mobula.raylet;

import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigValues;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.session.ExitCleanup;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Runs one raylet as a process: arguments are {@code key=value}, the keys those of {@link
 * RayletConfig#SCHEMA}. Ends in order on SIGTERM. Exit codes: 0 in order, 2 bad configuration, 1
 * otherwise; the last line on stderr is then the error.
 */
public final class RayletMain {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_CONFIGURATION = 2;

  private RayletMain() {}

  /** The process. */
  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(List.of(arguments), System.getenv(), System.err));
  }

  static int run(List<String> arguments, Map<String, String> environment, PrintStream errors)
      throws InterruptedException {
    ExitCleanup exit = ExitCleanup.register("raylet-shutdown");
    try {
      ConfigValues values =
          ConfigSource.empty()
              .withEnvironment(environment)
              .withFlags(arguments)
              .read(RayletConfig.SCHEMA);
      Raylet raylet =
          Raylet.start(
              RayletConfig.of(values, environment),
              environment,
              System.getProperty("java.class.path"));
      exit.closeAtExit(raylet::close);
      Failure reason = raylet.awaitEnd();
      if (reason.getKind() == FailureKind.FAILURE_KIND_UNSPECIFIED) {
        return OK;
      }
      errors.println("mobula raylet: " + reason.getMessage());
      return FAILED;
    } catch (ConfigurationProblem | IllegalArgumentException e) {
      errors.println("mobula raylet: " + e.getMessage());
      return BAD_CONFIGURATION;
    } catch (IOException e) {
      errors.println("mobula raylet: " + e.getMessage());
      return FAILED;
    } finally {
      exit.startIsOver();
    }
  }
}
