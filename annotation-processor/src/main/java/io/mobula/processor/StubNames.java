package io.mobula.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives each method of a stub class a name with which its erased signature is unique. The first to
 * ask for a signature gets it. An overload with values that comes too late gets an underscore at
 * its end ({@code toString_}); one with {@code Arg}s, the types of its parameters ({@code
 * parse_String}).
 */
final class StubNames {
  private static final Set<String> OF_OBJECT =
      Set.of(
          "clone()",
          "equals(java.lang.Object)",
          "finalize()",
          "getClass()",
          "hashCode()",
          "notify()",
          "notifyAll()",
          "toString()",
          "wait()",
          "wait(long)",
          "wait(long,int)");

  private final Set<String> taken = new HashSet<>(OF_OBJECT);

  /** Takes a signature that the stub class has anyway. */
  void reserve(String name, String... erasedParameters) {
    taken.add(signature(name, List.of(erasedParameters)));
  }

  /** The name of the overload with values. */
  String ofValues(String wanted, List<String> erasedParameters) {
    String name = wanted;
    while (!taken.add(signature(name, erasedParameters))) {
      name += "_";
    }
    return name;
  }

  /** The name of the overload with arguments, each of which is an {@code Arg}. */
  String ofArgs(String wanted, List<String> erasedParameters) {
    List<String> args = erasedParameters.stream().map(p -> "io.mobula.api.Arg").toList();
    if (taken.add(signature(wanted, args))) {
      return wanted;
    }
    String types =
        erasedParameters.stream().map(StubNames::simple).collect(Collectors.joining("_"));
    return ofValues(wanted + "_" + types, args);
  }

  private static String signature(String name, List<String> erasedParameters) {
    return name + "(" + String.join(",", erasedParameters) + ")";
  }

  private static String simple(String type) {
    return type.substring(type.lastIndexOf('.') + 1).replace("[]", "Array");
  }
}
