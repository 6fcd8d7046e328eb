package io.mobula.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mobula version}. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable, IVersionProvider {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text());
    out.flush();
  }

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  private static String text() {
    String version = MobulaCommand.class.getPackage().getImplementationVersion();
    return "mobula "
        + (version == null ? "from a source checkout" : version)
        + ", JDK "
        + Runtime.version();
  }
}
