package io.mobula.driver.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which options of this JVM its workers get: those that change what code means. Assertions, preview
 * features, and who may see into which module of the JDK. Not those of memory, garbage collection
 * and agents, and no system properties: they are about one process. Pure.
 *
 * <p>In workers the whole program is on the class path, so it has no modules: what a module of the
 * program may do here, all unnamed ones may there; and its own modules need not be opened.
 */
final class CarriedOptions {
  private static final String UNNAMED = "ALL-UNNAMED";
  private static final String ADD_MODULES = "--add-modules=";
  private static final String NATIVE_ACCESS = "--enable-native-access=";

  private static final Pattern ASSERTIONS =
      Pattern.compile(
          "-(ea|da|enableassertions|disableassertions)(:.*)?"
              + "|-(esa|dsa|enablesystemassertions|disablesystemassertions)");

  private static final List<String> AS_THEY_ARE =
      List.of(
          "--enable-preview",
          "--illegal-native-access=",
          "--sun-misc-unsafe-memory-access=",
          "--illegal-final-field-mutation=");

  /** Options of the form {@code --add-opens=module/package=target,target}. */
  private static final List<String> BETWEEN_MODULES =
      List.of("--add-opens=", "--add-exports=", "--add-reads=");

  private CarriedOptions() {}

  /**
   * Chooses them.
   *
   * @param arguments the JVM's, each as one element
   * @param isOfJdk whether a module is one of the JDK
   */
  static List<String> of(List<String> arguments, Predicate<String> isOfJdk) {
    List<String> carried = new ArrayList<>();
    for (String argument : arguments) {
      String option = carried(argument, isOfJdk);
      if (option != null) {
        carried.add(option);
      }
    }
    return carried;
  }

  private static @Nullable String carried(String argument, Predicate<String> isOfJdk) {
    if (ASSERTIONS.matcher(argument).matches()
        || AS_THEY_ARE.stream().anyMatch(argument::startsWith)) {
      return argument;
    }
    Optional<String> between = BETWEEN_MODULES.stream().filter(argument::startsWith).findFirst();
    if (between.isPresent()) {
      return betweenModules(between.get(), argument.substring(between.get().length()), isOfJdk);
    }
    if (argument.startsWith(NATIVE_ACCESS)) {
      return NATIVE_ACCESS + targets(argument.substring(NATIVE_ACCESS.length()), isOfJdk);
    }
    if (argument.startsWith(ADD_MODULES)) {
      String modules =
          Stream.of(argument.substring(ADD_MODULES.length()).split(","))
              .filter(name ->
                  name.equals("ALL-SYSTEM") || name.equals("ALL-DEFAULT") || isOfJdk.test(name))
              .collect(Collectors.joining(","));
      return modules.isEmpty() ? null : ADD_MODULES + modules;
    }
    return null;
  }

  private static @Nullable String betweenModules(
      String option, String value, Predicate<String> isOfJdk) {
    int equals = value.indexOf('=');
    if (equals < 0) {
      return null;
    }
    String source = value.substring(0, equals);
    String module = source.replaceFirst("/.*", "");
    return isOfJdk.test(module)
        ? option + source + "=" + targets(value.substring(equals + 1), isOfJdk)
        : null;
  }

  private static String targets(String names, Predicate<String> isOfJdk) {
    return Stream.of(names.split(","))
        .map(name -> isOfJdk.test(name) ? name : UNNAMED)
        .distinct()
        .collect(Collectors.joining(","));
  }
}
