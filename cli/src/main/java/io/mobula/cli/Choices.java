package io.mobula.cli;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** The words that an option takes. */
class Choices implements Iterable<String> {
  private final List<String> names;

  Choices(List<String> names) {
    this.names = names;
  }

  @Override
  public Iterator<String> iterator() {
    return names.iterator();
  }

  /** The value of that name. */
  static <T> T parse(String name, List<T> values, Function<T, String> nameOf) {
    return values.stream()
        .filter(value -> nameOf.apply(value).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + name
                    + "' is none of "
                    + values.stream().map(nameOf).collect(Collectors.joining(", "))));
  }
}
