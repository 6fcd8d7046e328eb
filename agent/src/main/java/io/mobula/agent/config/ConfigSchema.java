package io.mobula.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a daemon knows. Immutable.
 *
 * <p>A configuration file may serve several daemons: keys of the {@linkplain #besides other
 * components} are theirs and pass unread.
 */
public final class ConfigSchema {
  private final Map<String, ConfigKey<?>> keys;
  private final Set<String> components;
  private final Set<String> otherComponents;

  private ConfigSchema(Map<String, ConfigKey<?>> keys, Set<String> otherComponents) {
    this.keys = keys;
    this.otherComponents = otherComponents;
    this.components = new TreeSet<>();
    keys.values().forEach(key -> components.add(key.component()));
  }

  /** A schema of these keys, each name once. */
  public static ConfigSchema of(List<? extends ConfigKey<?>> keys) {
    Map<String, ConfigKey<?>> byName = new TreeMap<>();
    for (ConfigKey<?> key : keys) {
      if (byName.put(key.name(), key) != null) {
        throw new IllegalArgumentException("key registered twice: " + key.name());
      }
    }
    return new ConfigSchema(byName, Set.of());
  }

  /** This schema, letting keys of these components pass in files. */
  public ConfigSchema besides(String... components) {
    return new ConfigSchema(keys, Set.of(components));
  }

  /** By name. */
  public List<ConfigKey<?>> keys() {
    return List.copyOf(keys.values());
  }

  /** A Markdown table of the keys, for the reference page. */
  public String describe() {
    StringBuilder page = new StringBuilder();
    page.append("| key | value | default | environment | meaning |\n|---|---|---|---|---|\n");
    for (ConfigKey<?> key : keys.values()) {
      List<String> cells =
          List.of(
              "`" + key.name() + "`",
              key.type().allowed(),
              key.defaultText(),
              "`" + key.environmentVariable() + "`",
              key.documentation());
      page.append("| ").append(String.join(" | ", cells.stream().map(ConfigSchema::cell).toList()));
      page.append(" |\n");
    }
    return page.toString();
  }

  boolean contains(ConfigKey<?> key) {
    return key.equals(keys.get(key.name()));
  }

  @Nullable ConfigKey<?> find(String name) {
    return keys.get(name);
  }

  /** Whether the name belongs to a component that is not this daemon's. */
  boolean isForeign(String name) {
    int dot = name.indexOf('.');
    return dot > 0 && otherComponents.contains(name.substring(0, dot));
  }

  Set<String> components() {
    return components;
  }

  /** The key whose name takes the fewest edits to become; any key if none is near. */
  String nearest(String name) {
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    for (String candidate : keys.keySet()) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Levenshtein distance. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replace = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  private static String cell(String text) {
    List<String> pieces = new ArrayList<>(List.of(text.split("\\|", -1)));
    return String.join("\\|", pieces);
  }
}
