package io.mobula.worker.failure;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a throwable says of itself, for people. Its class is the user's, and each of its methods may
 * throw, return null, recurse for ever or return a gigabyte: what it says is replaced by a note of
 * what happened, and cut. Stateless.
 */
public final class ThrowableText {
  /** Longer messages are cut. */
  public static final int MESSAGE_CHARS_MAX = 64 << 10;

  /** Longer stack traces are cut: they are for reading. */
  static final int STACK_CHARS_MAX = 64 << 10;

  /** Frames of a trace that we write ourselves. */
  private static final int FRAMES_MAX = 1024;

  private ThrowableText() {}

  /** What the user's code says; it may throw anything. */
  @FunctionalInterface
  private interface Said {
    @Nullable String text();
  }

  /** Its message. */
  public static @Nullable String message(Throwable thrown) {
    return said("getMessage", thrown::getMessage);
  }

  /** Its class and message, as its own {@code toString} words it. */
  public static String of(Throwable thrown) {
    String text = said("toString", thrown::toString);
    String className = thrown.getClass().getName();
    if (text == null) {
      return className;
    }
    return text.startsWith("(toString failed") ? className + " " + text : text;
  }

  /** Its class and message, the message asked for by itself. */
  public static String classAndMessage(Throwable thrown) {
    return thrown.getClass().getName() + ": " + message(thrown);
  }

  /** Its cause; null if it has none or does not tell. */
  public static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable e) {
      return null;
    }
  }

  /** Its stack trace; empty if it does not tell. */
  public static StackTraceElement[] frames(Throwable thrown) {
    try {
      StackTraceElement[] frames = thrown.getStackTrace();
      return Arrays.stream(frames).filter(Objects::nonNull).toArray(StackTraceElement[]::new);
    } catch (Throwable e) {
      return new StackTraceElement[0];
    }
  }

  /** Its stack trace with those of its causes, as {@link Throwable#printStackTrace} prints it. */
  public static String stackTrace(Throwable thrown) {
    CutWriter text = new CutWriter();
    try {
      thrown.printStackTrace(new PrintWriter(text));
    } catch (Throwable e) {
      if (!text.isCut) {
        return ownStackTrace(thrown, e);
      }
    }
    return text.toString();
  }

  /** The text, of so many characters at most; says so if it was cut. */
  public static String cut(String text, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    String note = "… (cut: chars=" + text.length() + ")";
    return text.substring(0, Math.max(0, charsMax - note.length())) + note;
  }

  private static @Nullable String said(String method, Said said) {
    try {
      String text = said.text();
      return text == null ? null : cut(text, MESSAGE_CHARS_MAX);
    } catch (Throwable e) {
      return "(" + method + " failed: " + e.getClass().getName() + ")";
    }
  }

  private static String ownStackTrace(Throwable thrown, Throwable failure) {
    StringBuilder text = new StringBuilder(thrown.getClass().getName());
    text.append(": ").append(message(thrown)).append('\n');
    Arrays.stream(frames(thrown))
        .limit(FRAMES_MAX)
        .forEach(frame -> text.append("\tat ").append(frame).append('\n'));
    text.append("\t(printStackTrace failed: ").append(failure.getClass().getName()).append(")\n");
    return cut(text.toString(), STACK_CHARS_MAX);
  }

  /** Ends a print whose text is long enough; through code that catches Exception. */
  private static final class EnoughError extends Error {
    private static final long serialVersionUID = 1L;

    EnoughError() {
      super("long enough", null, false, false);
    }
  }

  /** Takes as much text as is sent. Used by one thread. */
  private static final class CutWriter extends Writer {
    private final StringBuilder text = new StringBuilder();
    private boolean isCut;

    @Override
    public void write(char[] chars, int offset, int length) {
      text.append(chars, offset, room(length));
      endIfCut();
    }

    @Override
    public void write(String string, int offset, int length) {
      text.append(string, offset, offset + room(length));
      endIfCut();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    private int room(int length) {
      int room = Math.min(length, STACK_CHARS_MAX - text.length());
      isCut |= room < length;
      return room;
    }

    private void endIfCut() {
      if (isCut) {
        throw new EnoughError();
      }
    }

    @Override
    public String toString() {
      return isCut ? text + "\n\t… cut" : text.toString();
    }
  }
}
