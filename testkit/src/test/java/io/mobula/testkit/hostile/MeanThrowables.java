package io.mobula.testkit.hostile;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.function.Supplier;

/** Exceptions as nobody should write them, and somebody does. */
final class MeanThrowables {
  private MeanThrowables() {}

  /** Makes one of each kind. */
  static final List<Supplier<Throwable>> KINDS =
      List.of(
          () -> new IllegalStateException("plain"),
          () -> new IOException("checked", new IllegalArgumentException("cause")),
          () -> new Exception((String) null),
          () -> new AssertionError("an error"),
          () -> new StackOverflowError(),
          () -> new OutOfMemoryError("said by the program"),
          () -> new NoClassDefFoundError("no/such/Class"),
          () -> new Mute(),
          () -> new Nameless(),
          () -> new Unprintable(),
          () -> new Endless(),
          MeanThrowables::circular,
          MeanThrowables::crowded,
          () -> new Wordy(),
          () -> new Carrier(),
          () -> new Unwritable(),
          () -> new Unreadable(),
          () ->
              new IllegalStateException("anonymous") {
                private static final long serialVersionUID = 1L;
              });

  /** Throws one of that kind, checked or not. */
  static RuntimeException thrown(int kind) {
    throw MeanThrowables.<RuntimeException>unchecked(KINDS.get(kind).get());
  }

  @SuppressWarnings("unchecked") // The compiler's way of not asking.
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private static Throwable circular() {
    Exception first = new Exception("first");
    Exception second = new Exception("second", first);
    first.initCause(second);
    return first;
  }

  private static Throwable crowded() {
    Exception crowded = new Exception("crowded");
    for (int i = 0; i < 200; i++) {
      crowded.addSuppressed(new Exception("suppressed " + i));
    }
    return crowded;
  }

  /** Has no message to give. */
  static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  /** Can't be turned into text. */
  @SuppressWarnings("OverrideThrowableToString") // That it is wrong is the point.
  static final class Nameless extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      throw new AssertionError("no text");
    }
  }

  /** Has no stack trace to give. */
  static final class Unprintable extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public StackTraceElement[] getStackTrace() {
      throw new IllegalStateException("no trace");
    }

    @Override
    public void printStackTrace(java.io.PrintWriter writer) {
      throw new IllegalStateException("not printed");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("no cause");
    }
  }

  /** Describes itself by itself. */
  static final class Endless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("InfiniteRecursion") // It is what is to be survived.
    public String getMessage() {
      return getMessage() + ".";
    }
  }

  /** Says more than anybody wants to read. */
  static final class Wordy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Wordy() {
      super("blah ".repeat(300_000));
    }
  }

  /** Has something in it that can't be sent. */
  static final class Carrier extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // For the codec to find.
    private final transient Thread thread = Thread.currentThread();

    @SuppressWarnings({"unused", "serial"}) // Likewise.
    private final Object load = Thread.currentThread();
  }

  /** Throws when it is encoded. */
  static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private void writeObject(ObjectOutputStream out) throws IOException {
      throw new IOException("not written");
    }
  }

  /** Throws when it is decoded. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException {
      throw new AssertionError("not read");
    }
  }
}
