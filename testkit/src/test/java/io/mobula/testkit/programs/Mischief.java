package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Task0;
import io.mobula.api.Task1;
import java.util.ArrayList;
import java.util.List;

/** Tasks and an actor that fail in ways that are hard to tell of. */
public final class Mischief {
  /** Throws what can't be described, or is too large, by name. */
  public static final Task1<String, Integer> THROW = Mobula.task(Mischief::fail);

  /** Takes what its worker has no room for. */
  public static final Task1<byte[], Integer> LENGTH = Mobula.task(Mischief::length);

  /** Fills its worker's heap and keeps it so. */
  public static final Task0<Integer> HOARD = Mobula.task(Mischief::hoard);

  /** Gives a result that goes to the store, and an interrupt. */
  public static final Task1<Integer, byte[]> INTERRUPTED = Mobula.task(Mischief::interrupted);

  /** Gives the name of its thread, having changed it. */
  public static final Task0<String> RENAME = Mobula.task(Mischief::rename);

  private static final List<byte[]> HOARDED = new ArrayList<>();

  /** An actor that fails as the tasks do. */
  public static final class Imp {
    public Imp(String what) {
      if (!what.isEmpty()) {
        fail(what);
      }
    }

    public int misbehave(String what) {
      return fail(what);
    }

    public int behave() {
      return 42;
    }
  }

  /** What can't be described. */
  private static final class Nameless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new Nameless();
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no name");
    }
  }

  private static final class Heavy extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final byte[] load = new byte[300 << 20];

    Heavy() {
      super("heavy");
      load[0] = 1;
    }
  }

  private Mischief() {}

  private static int fail(String what) {
    throw switch (what) {
      case "nameless" -> new Nameless();
      case "heavy" -> new Heavy();
      default -> new IllegalArgumentException(what);
    };
  }

  private static int length(byte[] bytes) {
    return bytes.length;
  }

  private static int hoard() {
    int pieceBytes = 32 << 20;
    while (true) {
      try {
        HOARDED.add(new byte[pieceBytes]);
      } catch (OutOfMemoryError e) {
        if (pieceBytes == 1 << 10) {
          throw e;
        }
        pieceBytes = Math.max(1 << 10, pieceBytes / 8);
      }
    }
  }

  private static byte[] interrupted(int sizeBytes) {
    Thread.currentThread().interrupt();
    return new byte[sizeBytes];
  }

  private static String rename() {
    Thread thread = Thread.currentThread();
    String name = thread.getName();
    thread.setName("renamed");
    return name;
  }
}
