package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;

/** In which order objects are shown. */
enum MemoryOrder {
  SIZE("size"),
  OWNER("owner"),
  CALL_SITE("call-site"),
  REFERENCES("references");

  private final String text;

  MemoryOrder(String text) {
    this.text = text;
  }

  Comparator<ClusterMemory.Item> comparator() {
    return switch (this) {
      case SIZE -> Comparator.comparingLong(ClusterMemory.Item::sizeBytes).reversed();
      case OWNER -> Comparator.comparing(ClusterMemory.Item::owner);
      case CALL_SITE -> Comparator.comparing(MemorySums::origin);
      case REFERENCES ->
          Comparator.comparingInt((ClusterMemory.Item item) -> item.references().size()).reversed();
    };
  }

  /** For help and completion. */
  static final class Names extends Choices {
    Names() {
      super(Arrays.stream(values()).map(order -> order.text).toList());
    }
  }

  /** From an argument. */
  static final class Parser implements ITypeConverter<MemoryOrder> {
    @Override
    public MemoryOrder convert(String value) {
      return Choices.parse(value, List.of(values()), order -> order.text);
    }
  }
}
