package io.mobula.driver.jvm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options that an executable jar brings in its manifest, which the JVM heeds for {@code java
 * -jar} only, so not in a worker.
 */
final class ManifestOptions {
  private static final Pattern MODULE_AND_PACKAGE = Pattern.compile("[^/=,]+/[^/=,]+");

  private ManifestOptions() {}

  /** Those of the jar that this JVM was started with, if it was. */
  static List<String> ofThisProgram() {
    return of(
        System.getProperty("java.class.path", ""), System.getProperty("sun.java.command", ""));
  }

  /**
   * @param command the main class or jar, and the program's arguments
   */
  static List<String> of(String classPath, String command) {
    boolean isJar =
        !classPath.isEmpty() && (command.equals(classPath) || command.startsWith(classPath + " "));
    if (!isJar) {
      return List.of();
    }
    try (JarFile jar = new JarFile(classPath)) {
      List<String> options = new ArrayList<>();
      if (jar.getManifest() != null) {
        Attributes attributes = jar.getManifest().getMainAttributes();
        add(attributes.getValue("Add-Exports"), "--add-exports=", options);
        add(attributes.getValue("Add-Opens"), "--add-opens=", options);
      }
      return options;
    } catch (IOException e) {
      // A folder, or gone since: there is no manifest to heed.
      return List.of();
    }
  }

  private static void add(@Nullable String value, String option, List<String> options) {
    if (value != null) {
      for (String element : value.strip().split("\\s+", -1)) {
        // The JVM passes over what is no MODULE/PACKAGE here, but won't start with such an option.
        if (MODULE_AND_PACKAGE.matcher(element).matches()) {
          options.add(option + element + "=ALL-UNNAMED");
        }
      }
    }
  }
}
