package io.mobula.worker;

import io.mobula.agent.session.WorkerExitCode;
import io.mobula.worker.failure.ThrowableText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * How a worker ends itself when it can't go on: a line on its standard error, whatever user code
 * has made of {@code System.err}, and an exit code that its raylet explains to those who wait. What
 * a full heap needs is made before.
 */
final class WorkerExit {
  private static final FileOutputStream ERROR = new FileOutputStream(FileDescriptor.err);

  private static final byte[] OUT_OF_HEAP =
      bytes(
          "worker out of heap: maxHeapBytes="
              + Runtime.getRuntime().maxMemory()
              + ": it ends, and what ran in it is tried again or fails; give workers a larger heap,"
              + " or let them keep less");

  private WorkerExit() {}

  /** Loads what it takes to end without heap. */
  static void prepare() {
    if (OUT_OF_HEAP.length == 0) {
      throw new IllegalStateException("nothing to say");
    }
  }

  /** The heap is full. Allocates nothing. */
  static void outOfHeap() {
    end(OUT_OF_HEAP, WorkerExitCode.OUT_OF_HEAP);
  }

  /** A fault of ours. */
  static void broken(Throwable thrown) {
    try {
      end(
          bytes("worker broken, it ends: " + ThrowableText.stackTrace(thrown)),
          WorkerExitCode.BROKEN);
    } finally {
      Runtime.getRuntime().halt(WorkerExitCode.BROKEN);
    }
  }

  private static void end(byte[] line, int code) {
    try {
      ERROR.write(line);
    } catch (IOException e) {
      // Nobody reads it any more; the code says it.
    } finally {
      Runtime.getRuntime().halt(code);
    }
  }

  private static byte[] bytes(String line) {
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
