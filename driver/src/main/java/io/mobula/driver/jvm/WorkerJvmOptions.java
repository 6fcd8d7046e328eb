package io.mobula.driver.jvm;

import io.mobula.api.InitOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The options of the JVMs of a job's workers, wherever they run. */
public final class WorkerJvmOptions {
  private WorkerJvmOptions() {}

  /** In the order of a command line, where the later wins: this JVM's, then the user's. */
  public static List<String> of(InitOptions init) {
    List<String> options = new ArrayList<>();
    options.addAll(JvmDefaults.current().options());
    options.addAll(ManifestOptions.ofThisProgram());
    options.addAll(
        CarriedOptions.of(
            ManagementFactory.getRuntimeMXBean().getInputArguments(), JdkModules::contains));
    options.addAll(ofUser(init));
    return List.copyOf(options);
  }

  static List<String> ofUser(InitOptions init) {
    List<String> options = new ArrayList<>();
    new TreeMap<>(init.workerSystemProperties())
        .forEach((name, value) -> options.add("-D" + name + "=" + value));
    options.addAll(init.workerJvmOptions());
    return options;
  }
}
