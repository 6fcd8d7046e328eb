package io.mobula.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code mobula demo}: its options are those of the program. */
@Command(
    name = "demo",
    description =
        "Count what the class files of this JDK (or of --jar FILE…) are made of, on a cluster of"
            + " two nodes.")
final class DemoCommand implements Callable<Integer> {
  private static final String MAIN_CLASS = "io.mobula.examples.census.CensusMain";

  @Unmatched private List<String> options = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    MainClass.run(MAIN_CLASS, options.toArray(String[]::new));
    return MobulaCommand.OK;
  }
}
