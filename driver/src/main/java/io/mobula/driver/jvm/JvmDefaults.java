package io.mobula.driver.jvm;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Locale.Category;
import java.util.TimeZone;
import java.util.stream.Collectors;

/**
 * What code gets that does not say which time zone, locale or charset it means: in this JVM, now,
 * whether an option, the machine or the program chose it. A job means the same on every node.
 * Immutable.
 *
 * @param timeZone the default time zone
 * @param locale the default locale
 * @param display the default locale of what people read
 * @param format the default locale of numbers and dates
 * @param charset the default charset
 */
record JvmDefaults(
    TimeZone timeZone, Locale locale, Locale display, Locale format, Charset charset) {
  private static final System.Logger LOG = System.getLogger(JvmDefaults.class.getName());

  static JvmDefaults current() {
    return new JvmDefaults(
        TimeZone.getDefault(),
        Locale.getDefault(),
        Locale.getDefault(Category.DISPLAY),
        Locale.getDefault(Category.FORMAT),
        Charset.defaultCharset());
  }

  /** Options that make them another JVM's. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    String id = timeZone.getID();
    if (TimeZone.getTimeZone(id).hasSameRules(timeZone)) {
      options.add("-Duser.timezone=" + id);
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "workers do not get the default time zone, since its id does not name its rules: id={0};"
              + " set one with TimeZone.getTimeZone",
          id);
    }
    addLocale("", locale, options);
    if (!display.equals(locale)) {
      addLocale(".display", display, options);
    }
    if (!format.equals(locale)) {
      addLocale(".format", format, options);
    }
    if (!charset.equals(StandardCharsets.UTF_8)) {
      options.add("-Dfile.encoding=" + charset.name());
    }
    return options;
  }

  /** All parts, also those that are empty: a JVM takes from its machine what it is not told. */
  private static void addLocale(String category, Locale locale, List<String> options) {
    options.add("-Duser.language" + category + "=" + locale.getLanguage());
    options.add("-Duser.script" + category + "=" + locale.getScript());
    options.add("-Duser.country" + category + "=" + locale.getCountry());
    options.add("-Duser.variant" + category + "=" + locale.getVariant());
    if (!locale.getExtensionKeys().isEmpty()) {
      options.add(
          "-Duser.extensions"
              + category
              + "="
              + locale.getExtensionKeys().stream()
                  .map(key -> key + "-" + locale.getExtension(key))
                  .collect(Collectors.joining("-")));
    }
  }
}
