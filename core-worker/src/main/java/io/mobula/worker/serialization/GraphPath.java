package io.mobula.worker.serialization;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in the user's value the encoder is: one label a level, for error messages alone.
 *
 * <p>Owner: the thread that encodes. A label is a field's name, {@link #INDEX}, a {@link Key}, or
 * {@link #HIDDEN} for a level that only the JDK's own class knows. Levels are left on normal return
 * only, so that the path still names the place when a failure reaches the top.
 */
final class GraphPath {
  /** An element, by its position. */
  static final Object INDEX = new Object();

  /** A level without a name that would help the user. */
  static final Object HIDDEN = new Object();

  /** The entry of a map with that key. */
  record Key(@Nullable Object key) {
    @Override
    public String toString() {
      return switch (key) {
        case null -> "[null]";
        case String s -> "[\"" + (s.length() > 40 ? s.substring(0, 40) + "…" : s) + "\"]";
        case Number n when Platform.isPlatformClass(n.getClass()) -> "[" + n + "]";
        case Character c -> "['" + c + "']";
        case Enum<?> e -> "[" + e.name() + "]";
        default -> "[" + Platform.displayName(key.getClass()) + " key]";
      };
    }
  }

  private @Nullable Object[] labels = new Object[32];
  private int[] indexes = new int[32];
  private int depth;
  private int depthSeen;
  private String root = "";

  void start(@Nullable Object rootValue) {
    root = rootValue == null ? "null" : Platform.displayName(rootValue.getClass());
    depth = 0;
  }

  /** Goes one level down. */
  void enter(@Nullable Object label, int index) {
    if (depth == labels.length) {
      labels = Arrays.copyOf(labels, 2 * depth);
      indexes = Arrays.copyOf(indexes, 2 * depth);
    }
    labels[depth] = label;
    indexes[depth] = index;
    depth++;
    depthSeen = Math.max(depthSeen, depth);
  }

  void leave() {
    depth--;
  }

  int depth() {
    return depth;
  }

  void clear() {
    Arrays.fill(labels, 0, depthSeen, null);
    depthSeen = 0;
    depth = 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(root);
    for (int i = 0; i < depth; i++) {
      if (i == 20 && depth > 40) {
        text.append("…(").append(depth - 40).append(" levels)");
        i = depth - 20;
      }
      Object label = labels[i];
      if (label instanceof String name) {
        text.append('.').append(name);
      } else if (label instanceof Key key) {
        text.append(key);
      } else if (label == INDEX) {
        text.append('[').append(indexes[i]).append(']');
      }
    }
    return text.toString();
  }
}
