package io.mobula.worker.user;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which line of user code makes an object: the first frame of the calling thread that belongs
 * neither to Mobula's runtime nor to the JDK nor to a generated stub. Thread-safe.
 *
 * <p>Looking costs a few microseconds, so it is done always for objects that go to the store, and
 * for others only if the job wants it. The texts are kept, up to {@value #KNOWN_MAX} of them, so
 * that many objects of one line share one.
 */
final class CallSites {
  /** Longer texts lose their beginning. */
  static final int LENGTH_MAX = 200;

  private static final int KNOWN_MAX = 4_096;
  private static final int FRAMES_AT_ONCE = 8;
  private static final String[] RUNTIME = {
    "io.mobula.api.", "io.mobula.worker.", "io.mobula.driver."
  };
  private static final String[] LIBRARY = {"java.", "jdk.", "sun."};
  private static final String STUBS = "io.mobula.api.spi.Stubs";

  private final boolean isAlways;
  private final StackWalker walker = StackWalker.getInstance(Set.of(), FRAMES_AT_ONCE);
  private final ConcurrentHashMap<Place, String> known = new ConcurrentHashMap<>();

  /**
   * @param isAlways whether to look for small objects and tasks too
   */
  CallSites(boolean isAlways) {
    this.isAlways = isAlways;
  }

  /** The line that makes an object in the store; null if no user code is on the stack. */
  @Nullable String ofStored() {
    return walker.walk(frames -> find(frames.iterator()));
  }

  /** The line that makes any other object; null unless the job wants it. */
  @Nullable String ofSmall() {
    return isAlways ? ofStored() : null;
  }

  /** The call site of a task's result, as the store is told. */
  static String ofTask(String name) {
    return bounded("task " + name);
  }

  private @Nullable String find(Iterator<StackWalker.StackFrame> frames) {
    boolean isFromStubs = false;
    String stub = null;
    while (frames.hasNext()) {
      StackWalker.StackFrame frame = frames.next();
      String name = frame.getClassName();
      if (startsWithAny(name, RUNTIME)) {
        isFromStubs = name.equals(STUBS);
      } else if (isFromStubs) {
        // The generated class that calls Stubs; its caller is the user.
        stub = name;
        isFromStubs = false;
      } else if (!name.equals(stub) && !startsWithAny(name, LIBRARY)) {
        return text(frame);
      }
    }
    return null;
  }

  private String text(StackWalker.StackFrame frame) {
    Place place = new Place(frame.getClassName(), frame.getMethodName(), frame.getByteCodeIndex());
    String text = known.get(place);
    if (text == null) {
      text = describe(frame);
      if (known.size() < KNOWN_MAX) {
        known.put(place, text);
      }
    }
    return text;
  }

  private static String describe(StackWalker.StackFrame frame) {
    String file = frame.getFileName();
    return bounded(
        frame.getClassName()
            + "."
            + frame.getMethodName()
            + "("
            + (file == null ? "unknown source" : file + ":" + frame.getLineNumber())
            + ")");
  }

  private static String bounded(String text) {
    return text.length() <= LENGTH_MAX
        ? text
        : "..." + text.substring(text.length() - LENGTH_MAX + 3);
  }

  private static boolean startsWithAny(String name, String[] prefixes) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** A place in the code, whichever loader defined it. */
  private record Place(String className, String methodName, int byteCodeIndex) {}
}
