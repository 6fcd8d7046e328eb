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

  /** Longer reasons why it does not tell are cut. */
  private static final int REASON_CHARS_MAX = 1 << 10;

  /** Frames of a trace that we write ourselves. */
  private static final int FRAMES_MAX = 1024;

  private ThrowableText() {}

  /** Its message. */
  public static @Nullable String message(Throwable thrown) {
    try {
      String text = thrown.getMessage();
      return text == null ? null : cut(text, MESSAGE_CHARS_MAX);
    } catch (Throwable e) {
      return failed("getMessage", e);
    }
  }

  /** Its class and message, as its own {@code toString} words it. */
  public static String of(Throwable thrown) {
    String className = thrown.getClass().getName();
    try {
      String text = thrown.toString();
      return text == null ? className : cut(text, MESSAGE_CHARS_MAX);
    } catch (Throwable e) {
      return className + ": " + ofUntold(thrown, e);
    }
  }

  /** Of one whose toString failed, which may be because its getMessage did. */
  private static String ofUntold(Throwable thrown, Throwable failure) {
    try {
      return cut(thrown.getMessage() + " " + failed("toString", failure), MESSAGE_CHARS_MAX);
    } catch (Throwable e) {
      return failed("getMessage", e);
    }
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

  /** That a method of a throwable failed, with what its failure says, if that tells. */
  private static String failed(String method, Throwable failure) {
    String note = "(" + method + " failed: " + failure.getClass().getName();
    try {
      String text = failure.getMessage();
      return note + (text == null ? "" : ": " + cut(text, REASON_CHARS_MAX)) + ")";
    } catch (Throwable e) {
      return note + ")";
    }
  }

  private static String ownStackTrace(Throwable thrown, Throwable failure) {
    StringBuilder text = new StringBuilder(thrown.getClass().getName());
    text.append(": ").append(message(thrown)).append('\n');
    Arrays.stream(frames(thrown))
        .limit(FRAMES_MAX)
        .forEach(frame -> text.append("\tat ").append(frame).append('\n'));
    text.append('\t').append(failed("printStackTrace", failure)).append('\n');
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
