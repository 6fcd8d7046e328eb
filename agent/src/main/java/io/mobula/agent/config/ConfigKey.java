package io.mobula.agent.config;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured.
 *
 * @param name {@code component.kebab-case}
 * @param type how its value is written
 * @param defaultValue null if the daemon works it out, or it must be given
 * @param absence what an absent value means: required, or for people, such as {@code from the
 *     cgroup}
 * @param documentation one sentence
 * @param isSecret the value is never shown
 * @param <T> the value's type
 */
public record ConfigKey<T>(
    String name,
    ConfigType<T> type,
    @Nullable T defaultValue,
    String absence,
    String documentation,
    boolean isSecret) {
  /** The {@link #absence} of a key that has no default and must be given. */
  public static final String REQUIRED = "required";

  private static final Pattern NAME = Pattern.compile("[a-z]+\\.[a-z][a-z0-9-]*");

  /** Checks the name. */
  public ConfigKey {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a component.kebab-case key: " + name);
    }
  }

  /** A key with a default. */
  public static <T> ConfigKey<T> of(
      String name, ConfigType<T> type, T defaultValue, String documentation) {
    return new ConfigKey<>(name, type, defaultValue, "", documentation, false);
  }

  /**
   * A key that may be absent.
   *
   * @param absence what happens then, for people
   */
  public static <T> ConfigKey<T> optional(
      String name, ConfigType<T> type, String absence, String documentation) {
    return new ConfigKey<>(name, type, null, absence, documentation, false);
  }

  /** A key that must be given. */
  public static <T> ConfigKey<T> required(String name, ConfigType<T> type, String documentation) {
    return new ConfigKey<>(name, type, null, REQUIRED, documentation, false);
  }

  /** This key with its value masked wherever it is shown. */
  public ConfigKey<T> secret() {
    return new ConfigKey<>(name, type, defaultValue, absence, documentation, true);
  }

  /** The part before the dot. */
  public String component() {
    return name.substring(0, name.indexOf('.'));
  }

  /** {@code MOBULA_RAYLET_NUM_CPUS} for {@code raylet.num-cpus}. */
  public String environmentVariable() {
    return "MOBULA_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  boolean isRequired() {
    return defaultValue == null && absence.equals(REQUIRED);
  }

  /** For people: the default, or what absence means. */
  String defaultText() {
    return defaultValue == null ? absence : type.format(defaultValue);
  }
}
