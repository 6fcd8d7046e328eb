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
import java.util.function.Consumer;

/**
 * Reads what a worker writes to one of its outputs: all of it into a log file, and line by line to
 * whoever wants it. Owner thread: the one that runs it, until it has ended; then anyone may read
 * {@link #lastLines}.
 *
 * <p>Lines longer than {@link #LINE_BYTES_MAX} are cut into several. When the file can't be written
 * (disk full), that is logged once and lines still go on.
 */
final class OutputReader implements Runnable {
  static final int LINE_BYTES_MAX = 16 << 10;
  private static final int LAST_LINES_MAX = 20;
  private static final Logger LOG = System.getLogger(OutputReader.class.getName());

  private final InputStream pipe;
  private final Path file;
  private final Consumer<String> lines;
  private final ArrayDeque<String> lastLines = new ArrayDeque<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean isFileBroken;

  OutputReader(InputStream pipe, Path file, Consumer<String> lines) {
    this.pipe = pipe;
    this.file = file;
    this.lines = lines;
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
    }
    if (line.size() > 0) {
      endLine();
    }
  }

  private void copyTo(OutputStream log) throws IOException {
    byte[] buffer = new byte[8 << 10];
    for (int count = read(buffer); count >= 0; count = read(buffer)) {
      writeTo(log, buffer, count);
      split(buffer, count);
    }
  }

  /** Without a file: the worker must not block on a full pipe. */
  private void drain() {
    byte[] buffer = new byte[8 << 10];
    for (int count = read(buffer); count >= 0; count = read(buffer)) {
      split(buffer, count);
    }
  }

  /** The pipe of a process that was destroyed may be closed under the reader: that is its end. */
  private int read(byte[] buffer) {
    try {
      return pipe.read(buffer);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "output of a worker ended: file=" + file, e);
      return -1;
    }
  }

  private void writeTo(OutputStream log, byte[] buffer, int count) {
    if (isFileBroken) {
      return;
    }
    try {
      log.write(buffer, 0, count);
    } catch (IOException e) {
      isFileBroken = true;
      LOG.log(Level.WARNING, "log file of a worker can't be written any more: file=" + file, e);
    }
  }

  private void split(byte[] buffer, int count) {
    for (int i = 0; i < count; i++) {
      if (buffer[i] == '\n') {
        endLine();
      } else if (buffer[i] != '\r') {
        line.write(buffer[i]);
        if (line.size() >= LINE_BYTES_MAX) {
          endLine();
        }
      }
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (lastLines.size() == LAST_LINES_MAX) {
      lastLines.removeFirst();
    }
    lastLines.addLast(text);
    lines.accept(text);
  }
}
