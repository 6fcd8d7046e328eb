package io.mobula.docs;

import io.mobula.cli.MobulaCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/** Checks the lines of shell blocks. Knows plain commands with leading variable assignments. */
final class CommandLines {
  private static final Set<String> MOBULA = Set.of("mobula", "./mobula");
  private static final Set<String> MAVEN_PHASES =
      Set.of("validate", "compile", "test", "package", "verify", "install", "process-sources");
  private static final Set<String> FREE = Set.of("java", "export", "tar", "cat");

  private CommandLines() {}

  /** What is wrong with a line; empty if nothing is. */
  static Optional<String> problem(String line) {
    List<String> words = new ArrayList<>(Arrays.asList(line.strip().split("\\s+", -1)));
    words.removeIf(String::isEmpty);
    while (!words.isEmpty() && words.getFirst().matches("[A-Z_]+=.*")) {
      words.removeFirst();
    }
    if (words.isEmpty()) {
      return Optional.of("no command");
    }
    String command = words.removeFirst();
    if (MOBULA.contains(command)) {
      return mobulaProblem(words);
    }
    if (command.equals("mvn")) {
      return words.stream()
          .filter(word -> !word.startsWith("-") && !MAVEN_PHASES.contains(word))
          .findFirst()
          .map(word -> "no such phase: " + word);
    }
    return FREE.contains(command) ? Optional.empty() : Optional.of("unknown command: " + command);
  }

  private static Optional<String> mobulaProblem(List<String> words) {
    try {
      CommandLine commandLine = new CommandLine(new MobulaCommand());
      CommandLine.ParseResult result = commandLine.parseArgs(words.toArray(String[]::new));
      if (!result.hasSubcommand()) {
        return words.contains("--help") ? Optional.empty() : Optional.of("no subcommand");
      }
      return Optional.empty();
    } catch (CommandLine.ParameterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
