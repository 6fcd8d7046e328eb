package io.mobula.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code mobula microbenchmark}: its options are those of the program. */
@Command(
    name = "microbenchmark",
    description = "Measure tasks, actors and objects, by the names that Ray uses.")
final class MicrobenchmarkCommand implements Callable<Integer> {
  private static final String MAIN_CLASS = "io.mobula.bench.MicrobenchmarkMain";

  @Unmatched private List<String> options = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    MainClass.run(MAIN_CLASS, options.toArray(String[]::new));
    return MobulaCommand.OK;
  }
}
