package io.mobula.worker.loop;

import io.mobula.proto.LogLines;
import io.mobula.proto.OutputEnded;

/**
 * What a driver or worker does about events that are not its objects' or tasks'. On the loop:
 * return at once.
 */
public interface CoreWorkerEvents {
  /** Output of a worker of this driver's job. */
  void onLogLines(LogLines lines);

  /** All output of this driver's workers on a node is there, after the end of its job. */
  void onOutputEnded(long raylet, OutputEnded ended);

  /** The GCS needs a class-path entry of this driver's. */
  void onNeedPackage(String sha256);

  /** The link to the raylet is closed: this process has no cluster any more. */
  void onLost(String reason);

  /**
   * Something was thrown where nothing may be, on the loop, which has ended with it, or around user
   * code: a worker ends, since nobody would be answered any more. May be called on any thread, and
   * with a full heap.
   */
  void onBroken(Throwable thrown);
}
