package io.mobula.raylet.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Reads what a worker writes to one of its outputs: all of it into a log file, and line by line
 * into a buffer for whoever wants it. Owner thread: the one that runs it, until it has ended; then
 * anyone may read {@link #lastLines}.
 *
 * <p>Lines longer than {@link #LINE_BYTES_MAX} are cut into several. The beginning of a line whose
 * end is not there yet is {@linkplain OutputBuffer#show shown}. When the file can't be written
 * (disk full), that is logged once and lines still go on.
 */
final class OutputReader implements Runnable {
  static final int LINE_BYTES_MAX = 16 << 10;
  private static final int LAST_LINES_MAX = 20;
  private static final Logger LOG = System.getLogger(OutputReader.class.getName());

  private final InputStream pipe;
  private final Path file;
  private final OutputBuffer buffer;
  private final Runnable announce;
  private final ArrayDeque<String> lastLines = new ArrayDeque<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean isFileBroken;

  /** How much of the line is shown; 0: nothing. */
  private int shownBytes;

  /**
   * A reader that has not begun.
   *
   * @param buffer where lines go
   * @param announce tells its taker that there is something
   */
  OutputReader(InputStream pipe, Path file, OutputBuffer buffer, Runnable announce) {
    this.pipe = pipe;
    this.file = file;
    this.buffer = buffer;
    this.announce = announce;
  }

  /** The last lines; only after the reading thread has ended. */
  List<String> lastLines() {
    return List.copyOf(lastLines);
  }

  @Override
  public void run() {
    try (OutputStream log = Files.newOutputStream(file)) {
      copyTo(log);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "output of a worker can't be kept: file=" + file, e);
      drain();
    } finally {
      end();
    }
  }

  /** Also if something was thrown: a worker whose pipe nobody reads would stand still. */
  private void end() {
    try {
      takeBack();
      if (line.size() > 0) {
        endLine();
      }
    } finally {
      tell(buffer.end());
      try {
        pipe.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "pipe of a worker can't be closed: file=" + file, e);
      }
    }
  }

  private void copyTo(OutputStream log) throws IOException {
    byte[] bytes = new byte[8 << 10];
    for (int count = read(bytes); count >= 0; count = read(bytes)) {
      writeTo(log, bytes, count);
      split(bytes, count);
    }
  }

  /** Without a file: the worker must not block on a full pipe. */
  private void drain() {
    byte[] bytes = new byte[8 << 10];
    for (int count = read(bytes); count >= 0; count = read(bytes)) {
      split(bytes, count);
    }
  }

  /** The pipe of a process that was destroyed may be closed under the reader: that is its end. */
  private int read(byte[] bytes) {
    try {
      return pipe.read(bytes);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "output of a worker ended: file=" + file, e);
      return -1;
    }
  }

  private void writeTo(OutputStream log, byte[] bytes, int count) {
    if (isFileBroken) {
      return;
    }
    try {
      log.write(bytes, 0, count);
    } catch (IOException e) {
      isFileBroken = true;
      LOG.log(Level.WARNING, "log file of a worker can't be written any more: file=" + file, e);
    }
  }

  private void split(byte[] bytes, int count) {
    takeBack();
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        endLine();
      } else if (bytes[i] != '\r') {
        line.write(bytes[i]);
        if (line.size() >= LINE_BYTES_MAX) {
          endLine();
        }
      }
    }
    if (!hasMore()) {
      show();
    }
  }

  /**
   * Whether the pipe has bytes already. Then the end of the line is likely to be among them: on a
   * machine that is so busy that this thread waits for a second, it would be shown in two halves.
   */
  private boolean hasMore() {
    try {
      return pipe.available() > 0;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "output of a worker ended: file=" + file, e);
      return false;
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    keep(text);
    tell(buffer.add(text));
  }

  /** Only whole characters: the rest of the last one may be on its way. */
  private void show() {
    byte[] bytes = line.toByteArray();
    int whole = wholeCharacters(bytes);
    if (whole > 0) {
      shownBytes = whole;
      tell(buffer.show(new String(bytes, 0, whole, StandardCharsets.UTF_8)));
    }
  }

  private void takeBack() {
    if (shownBytes > 0 && buffer.takeBack()) {
      byte[] bytes = line.toByteArray();
      keep(new String(bytes, 0, shownBytes, StandardCharsets.UTF_8));
      line.reset();
      line.write(bytes, shownBytes, bytes.length - shownBytes);
    }
    shownBytes = 0;
  }

  private void keep(String text) {
    if (lastLines.size() == LAST_LINES_MAX) {
      lastLines.removeFirst();
    }
    lastLines.addLast(text);
  }

  private void tell(boolean isNews) {
    if (isNews) {
      announce.run();
    }
  }

  /** How many of the bytes are whole characters in UTF-8. */
  private static int wholeCharacters(byte[] bytes) {
    int last = bytes.length - 1;
    while (last >= 0 && bytes.length - last < 4 && (bytes[last] & 0xC0) == 0x80) {
      last--;
    }
    if (last < 0 || bytes[last] >= 0) {
      return bytes.length;
    }
    int first = bytes[last] & 0xFF;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return bytes.length - last < length ? last : bytes.length;
  }
}
