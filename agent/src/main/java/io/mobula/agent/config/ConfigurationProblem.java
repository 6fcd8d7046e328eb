package io.mobula.agent.config;

import java.util.List;

/** Everything that is wrong with a configuration. Its message is one line, for the user. */
public final class ConfigurationProblem extends Exception {
  private static final long serialVersionUID = 1;

  private final String[] problems;

  /** At least one problem, each a sentence without the full stop. */
  public ConfigurationProblem(List<String> problems) {
    super("bad configuration: " + String.join("; ", problems));
    this.problems = problems.toArray(String[]::new);
  }

  /** One by one. */
  public List<String> problems() {
    return List.of(problems);
  }
}
