package io.mobula.agent.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Configuration as text, from three places: a file, the environment, flags. The later wins.
 *
 * <p>A file and flags hold {@code key=value}; the environment holds {@code MOBULA_RAYLET_NUM_CPUS}
 * for {@code raylet.num-cpus}. Unknown keys are errors; variables of other components are not
 * looked at. Immutable.
 */
public final class ConfigSource {
  /** Set by a raylet for its workers; no configuration. */
  private static final Set<String> NOT_CONFIGURATION = Set.of("MOBULA_RAYLET_SOCKET");

  private final Map<String, String> file;
  private final Map<String, String> environment;
  private final Map<String, String> flags;
  private final List<String> problems;

  private ConfigSource(
      Map<String, String> file,
      Map<String, String> environment,
      Map<String, String> flags,
      List<String> problems) {
    this.file = file;
    this.environment = environment;
    this.flags = flags;
    this.problems = problems;
  }

  /** A source of nothing. */
  public static ConfigSource empty() {
    return new ConfigSource(Map.of(), Map.of(), Map.of(), List.of());
  }

  /** This source with a file's entries. */
  public ConfigSource withFile(Map<String, String> entries) {
    return new ConfigSource(Map.copyOf(entries), environment, flags, problems);
  }

  /**
   * This source with the entries of a properties file.
   *
   * @throws ConfigurationProblem if it can't be read
   */
  public ConfigSource withFile(Path path) throws ConfigurationProblem {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationProblem(
          List.of("the configuration file can't be read: path=" + path + ", cause=" + e));
    }
    Map<String, String> entries = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      entries.put(name, properties.getProperty(name));
    }
    return withFile(entries);
  }

  /** This source with the variables of an environment, such as {@link System#getenv()}. */
  public ConfigSource withEnvironment(Map<String, String> variables) {
    return new ConfigSource(file, Map.copyOf(variables), flags, problems);
  }

  /** This source with flags, {@code key=value} each; the last of a key wins. */
  public ConfigSource withFlags(List<String> arguments) {
    Map<String, String> entries = new LinkedHashMap<>();
    List<String> newProblems = new ArrayList<>(problems);
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals <= 0) {
        newProblems.add("not key=value: argument=" + argument);
      } else {
        entries.put(argument.substring(0, equals).strip(), argument.substring(equals + 1));
      }
    }
    return new ConfigSource(file, environment, entries, newProblems);
  }

  /**
   * Reads every key of the schema.
   *
   * @throws ConfigurationProblem naming everything that is wrong
   */
  public ConfigValues read(ConfigSchema schema) throws ConfigurationProblem {
    List<String> found = new ArrayList<>(problems);
    Map<String, ConfigEntry> entries = new TreeMap<>();
    collect(schema, file, "file", entries, found);
    collectEnvironment(schema, entries, found);
    collect(schema, flags, "flag", entries, found);
    Map<String, Object> values = new TreeMap<>();
    for (ConfigKey<?> key : schema.keys()) {
      Object value = parse(key, entries.get(key.name()), found);
      if (value != null) {
        values.put(key.name(), value);
      }
    }
    if (!found.isEmpty()) {
      throw new ConfigurationProblem(found);
    }
    return new ConfigValues(schema, values, entries);
  }

  private static void collect(
      ConfigSchema schema,
      Map<String, String> layer,
      String origin,
      Map<String, ConfigEntry> entries,
      List<String> problems) {
    for (Map.Entry<String, String> entry : new TreeMap<>(layer).entrySet()) {
      String name = entry.getKey();
      if (schema.find(name) != null) {
        entries.put(name, new ConfigEntry(entry.getValue(), origin));
      } else if (!schema.isForeign(name)) {
        problems.add("unknown key: key=" + name + "; did you mean " + schema.nearest(name) + "?");
      }
    }
  }

  private void collectEnvironment(
      ConfigSchema schema, Map<String, ConfigEntry> entries, List<String> problems) {
    Map<String, ConfigKey<?>> byVariable = new TreeMap<>();
    schema.keys().forEach(key -> byVariable.put(key.environmentVariable(), key));
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      ConfigKey<?> key = byVariable.get(variable);
      if (key != null) {
        entries.put(key.name(), new ConfigEntry(entry.getValue(), variable));
      } else if (isOfComponent(schema, variable) && !NOT_CONFIGURATION.contains(variable)) {
        String name = variable.substring("MOBULA_".length()).toLowerCase(Locale.ROOT);
        String nearest = schema.nearest(name.replaceFirst("_", ".").replace('_', '-'));
        ConfigKey<?> suggestion = schema.find(nearest);
        problems.add(
            "unknown environment variable: name="
                + variable
                + "; did you mean "
                + (suggestion == null ? nearest : suggestion.environmentVariable())
                + "?");
      }
    }
  }

  private static boolean isOfComponent(ConfigSchema schema, String variable) {
    return schema.components().stream()
        .anyMatch(
            component -> variable.startsWith("MOBULA_" + component.toUpperCase(Locale.ROOT) + "_"));
  }

  private static <T> @Nullable T parse(
      ConfigKey<T> key, @Nullable ConfigEntry entry, List<String> problems) {
    if (entry == null) {
      if (key.isRequired()) {
        problems.add("missing key: key=" + key.name() + ", allowed=" + key.type().allowed());
      }
      return key.defaultValue();
    }
    try {
      return key.type().parse(entry.text());
    } catch (IllegalArgumentException e) {
      // The type says what is allowed better than the parser's own message does.
      problems.add(
          "bad value: key="
              + key.name()
              + ", value="
              + (key.isSecret() ? "********" : entry.text())
              + ", from="
              + entry.origin()
              + ", allowed="
              + key.type().allowed());
      return null;
    }
  }
}
