package io.mobula.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a schema's keys, checked. Immutable. */
public final class ConfigValues {
  private final ConfigSchema schema;
  private final Map<String, Object> values;
  private final Map<String, ConfigEntry> entries;

  ConfigValues(ConfigSchema schema, Map<String, Object> values, Map<String, ConfigEntry> entries) {
    this.schema = schema;
    this.values = Map.copyOf(values);
    this.entries = Map.copyOf(entries);
  }

  /** The value of a key that is required or has a default. */
  public <T> T get(ConfigKey<T> key) {
    return find(key)
        .orElseThrow(() -> new IllegalStateException("key has no default: key=" + key.name()));
  }

  /** The value of a key that may be absent. */
  @SuppressWarnings("unchecked") // The schema's own key parsed it.
  public <T> Optional<T> find(ConfigKey<T> key) {
    if (!schema.contains(key)) {
      throw new IllegalArgumentException("key is not in the schema: key=" + key.name());
    }
    return Optional.ofNullable((T) values.get(key.name()));
  }

  /** One line a key, to print at start: its value and where it is from; secrets masked. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    for (ConfigKey<?> key : schema.keys()) {
      lines.add(key.name() + " = " + shown(key) + " (" + origin(key) + ")");
    }
    return lines;
  }

  private <T> String shown(ConfigKey<T> key) {
    Optional<T> value = find(key);
    if (value.isEmpty()) {
      return "";
    }
    return key.isSecret() ? "********" : key.type().format(value.get());
  }

  private String origin(ConfigKey<?> key) {
    ConfigEntry entry = entries.get(key.name());
    if (entry != null) {
      return entry.origin();
    }
    return key.defaultValue() == null ? key.absence() : "default";
  }
}
