package io.mobula.api;

import java.util.List;
import java.util.Map;

/** What a driver may ask of its workers' JVMs, refused with a message that names the fix. Pure. */
final class WorkerOptionChecks {
  private static final String OPTIONS = "workerJvmOptions";
  private static final String PROPERTIES = "workerSystemProperties";

  /** Options that say what is run: a worker runs one thing only. */
  private static final List<String> CHOICES_OF_CLASSES =
      List.of("-cp", "-classpath", "--class-path", "-p", "--module-path", "-jar", "-m", "--module");

  /** Options with which a JVM says something, runs nothing and ends. */
  private static final List<String> END_AT_ONCE =
      List.of(
          "-version",
          "--version",
          "-fullversion",
          "--full-version",
          "-help",
          "--help",
          "-h",
          "-?",
          "-X",
          "--help-extra",
          "--dry-run",
          "--list-modules",
          "--validate-modules",
          "-d",
          "--describe-module");

  /** Options that the launcher takes with a second word. */
  private static final List<String> NEED_VALUE =
      List.of(
          "--add-opens",
          "--add-exports",
          "--add-reads",
          "--add-modules",
          "--enable-native-access",
          "--limit-modules",
          "--patch-module",
          "--upgrade-module-path");

  private WorkerOptionChecks() {}

  static List<String> jvmOptions(List<String> options) {
    for (String option : OptionChecks.given(OPTIONS, options)) {
      check(OptionChecks.given(OPTIONS, option));
    }
    return List.copyOf(options);
  }

  static Map<String, String> systemProperties(Map<String, String> properties) {
    OptionChecks.given(PROPERTIES, properties)
        .forEach((name, value) -> {
          OptionChecks.name(PROPERTIES, name);
          OptionChecks.given(PROPERTIES + "[" + name + "]", value);
          if (name.indexOf('=') >= 0 || hasNul(name) || hasNul(value)) {
            throw OptionChecks.bad(
                PROPERTIES,
                quoted(name),
                "no process can be given that: names have no equals sign, and"
                    + " neither names nor values the character of code 0");
          }
        });
    return Map.copyOf(properties);
  }

  private static void check(String option) {
    String name = option.replaceFirst("=.*", "");
    if (!option.startsWith("-") || hasNul(option)) {
      throw OptionChecks.bad(
          OPTIONS,
          quoted(option),
          "give JVM options, each as one element that begins with a hyphen, such as"
              + " \"--add-opens=java.base/java.nio=ALL-UNNAMED\"");
    }
    if (CHOICES_OF_CLASSES.contains(name)) {
      throw OptionChecks.bad(
          OPTIONS, quoted(option), "workers have the class path of this program: add to that");
    }
    if (END_AT_ONCE.contains(name)) {
      throw OptionChecks.bad(
          OPTIONS, quoted(option), "a JVM with it ends before it runs anything: leave it out");
    }
    if (NEED_VALUE.contains(option)) {
      throw OptionChecks.bad(
          OPTIONS,
          quoted(option),
          "give it with its value, as one element: \"" + option + "=...\"");
    }
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
