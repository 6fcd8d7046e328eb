package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;

/** By what objects are summed up. */
enum MemoryGroup {
  CALL_SITE("call-site", "made by"),
  OWNER("owner", "owner"),
  STATE("state", "state"),
  /** An object counts for each node that has a copy; without copies, for its owner's. */
  NODE("node", "node");

  private final String text;
  private final String title;

  MemoryGroup(String text, String title) {
    this.text = text;
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The groups that an object belongs to. */
  List<String> keys(ClusterMemory.Item item) {
    return switch (this) {
      case CALL_SITE -> List.of(MemorySums.origin(item));
      case OWNER -> List.of(item.owner());
      case STATE -> List.of(item.state());
      case NODE -> MemorySelection.nodes(item);
    };
  }

  /** For help and completion. */
  static final class Names extends Choices {
    Names() {
      super(Arrays.stream(values()).map(group -> group.text).toList());
    }
  }

  /** From an argument. */
  static final class Parser implements ITypeConverter<MemoryGroup> {
    @Override
    public MemoryGroup convert(String value) {
      return Choices.parse(value, List.of(values()), group -> group.text);
    }
  }
}
