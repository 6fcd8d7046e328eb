package io.mobula.worker.serialization;

import io.mobula.api.RemoteThrowable;
import io.mobula.worker.failure.ThrowableText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One throwable of a failure's tree, as text and numbers. Immutable.
 *
 * <p>A row's cause and suppressed failures come after it; a mention of an earlier one (a cycle) is
 * dropped, as is all beyond {@value #ROWS_MAX} rows.
 *
 * <p>The throwables' classes are the user's: nothing that their methods do makes a row fail.
 *
 * @param failure the throwable
 * @param object its graph stream, empty if there is none
 * @param note why the object is not there, for people, appended to the message; empty if there is
 *     nothing to say
 * @param cause the row of its cause, or -1
 * @param suppressed the rows of its suppressed failures
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FailureRow(Throwable failure, byte[] object, String note, int cause, int[] suppressed) {
  private static final int ROWS_MAX = 64;
  private static final int COLUMNS = 6;
  private static final int FRAMES_MAX = 1024;

  static List<FailureRow> of(Throwable failure) {
    List<FailureRow> rows = new ArrayList<>();
    add(failure, rows, new IdentityHashMap<>());
    return rows;
  }

  private static int add(
      @Nullable Throwable failure, List<FailureRow> rows, Map<Throwable, Boolean> seen) {
    if (failure == null || rows.size() >= ROWS_MAX || seen.put(failure, true) != null) {
      return -1;
    }
    int index = rows.size();
    rows.add(new FailureRow(failure, new byte[0], "", -1, new int[0]));
    int cause = add(ThrowableText.cause(failure), rows, seen);
    int[] suppressed =
        Arrays.stream(failure.getSuppressed())
            .mapToInt(s -> add(s, rows, seen))
            .filter(row -> row >= 0)
            .toArray();
    rows.set(index, new FailureRow(failure, new byte[0], "", cause, suppressed));
    return index;
  }

  boolean isOfPlatform() {
    return Platform.isPlatformClass(failure.getClass());
  }

  FailureRow withObject(byte[] newObject, String newNote) {
    return new FailureRow(failure, newObject, newNote, cause, suppressed);
  }

  /** Values of the JDK alone, so that any class loader can read them. */
  static Object[] toWire(List<FailureRow> rows) {
    Budget budget = new Budget();
    return rows.stream().map(row -> row.toWire(budget)).toArray();
  }

  private Object toWire(Budget budget) {
    return new @Nullable Object[] {
      failure.getClass().getName(),
      budget.message(this),
      budget.frames(failure),
      cause,
      suppressed,
      object
    };
  }

  /**
   * Makes the throwable of the first row: of its object where there is one that {@code decoder} can
   * read, else a stand-in with the row's text.
   */
  static Throwable standIn(@Nullable Object wire, Function<byte[], @Nullable Throwable> decoder) {
    try {
      return standIn((Object[]) java.util.Objects.requireNonNull(wire), 0, decoder);
    } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
      throw CodecFailures.unreadable("not the rows of a failure", e);
    }
  }

  private static Throwable standIn(
      Object[] rows, int index, Function<byte[], @Nullable Throwable> decoder) {
    Object[] row = (Object[]) rows[index];
    byte[] object = (byte[]) row[COLUMNS - 1];
    Throwable rebuilt = object.length == 0 ? null : decoder.apply(object);
    if (rebuilt != null) {
      return rebuilt;
    }
    int cause = after(index, (int) row[3]);
    List<Throwable> suppressed = new ArrayList<>();
    for (int s : (int[]) row[4]) {
      suppressed.add(standIn(rows, after(index, s), decoder));
    }
    return new RemoteThrowable(
        (String) row[0],
        (@Nullable String) row[1],
        (StackTraceElement[]) row[2],
        cause < 0 ? null : standIn(rows, cause, decoder),
        suppressed);
  }

  private static int after(int index, int next) {
    if (next >= 0 && next <= index) {
      throw new IndexOutOfBoundsException(next);
    }
    return next;
  }

  /** What all rows of a failure may have together. Used by one thread. */
  private static final class Budget {
    private int frames = 4096;
    private int chars = 256 << 10;

    StackTraceElement[] frames(Throwable failure) {
      StackTraceElement[] all = ThrowableText.frames(failure);
      int count = Math.min(all.length, Math.min(frames, FRAMES_MAX));
      frames -= count;
      return count == all.length ? all : Arrays.copyOf(all, count);
    }

    @Nullable String message(FailureRow row) {
      String message = ThrowableText.message(row.failure);
      if (message != null) {
        message = ThrowableText.cut(message, chars);
        chars -= Math.min(chars, message.length());
      }
      if (row.note.isEmpty()) {
        return message;
      }
      return message == null ? row.note : message + " " + row.note;
    }
  }
}
