package io.mobula.cli;

import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.api.MobulaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code mobula}. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration; the
 * last line on stderr is then the one error.
 */
@Command(
    name = "mobula",
    description = "Mobula: tasks, actors and shared objects on a cluster of JVMs.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    subcommands = {
      StartCommand.class,
      StopCommand.class,
      StatusCommand.class,
      MemoryCommand.class,
      DemoCommand.class,
      MicrobenchmarkCommand.class,
      VersionCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class MobulaCommand implements Runnable {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command as picocli knows it, with our way of reporting errors. */
  static CommandLine commandLine() {
    return new CommandLine(new MobulaCommand())
        .setExecutionExceptionHandler(MobulaCommand::onFailure)
        .setParameterExceptionHandler(MobulaCommand::onWrongUsage);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int onFailure(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) throws Exception {
    PrintWriter err = command.getErr();
    return switch (failure) {
      case ConfigurationProblem problem -> {
        err.println("mobula: " + String.join("; ", problem.problems()));
        yield WRONG_USAGE;
      }
      case CommandFailure known -> {
        err.println("mobula: " + known.getMessage());
        yield known.exitCode();
      }
      case MobulaException known -> {
        err.println("mobula: " + known.getMessage());
        yield FAILED;
      }
      case FileSystemException system -> {
        // Its message may be the file's name alone.
        err.println("mobula: " + system.getClass().getSimpleName() + ": " + system.getMessage());
        yield FAILED;
      }
      case IOException known -> {
        err.println("mobula: " + known.getMessage());
        yield FAILED;
      }
      default -> throw failure;
    };
  }

  private static int onWrongUsage(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("mobula: " + problem.getMessage());
    UnmatchedArgumentException.printSuggestions(problem, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for what it takes.");
    return WRONG_USAGE;
  }

  /** The script that gives a shell completion. */
  static String completionScript() {
    return AutoComplete.bash("mobula", commandLine());
  }
}
