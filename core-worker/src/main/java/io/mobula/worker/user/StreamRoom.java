package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.proto.StoredObject;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the bytes of an object that is streamed to a process without shared memory. Made by
 * the thread that wants the object, which alone fails if there is not enough.
 */
final class StreamRoom {
  /** What an array holds in every JVM. */
  static final long BYTES_MAX = Integer.MAX_VALUE - 8;

  private StreamRoom() {}

  /**
   * @throws MobulaException if the object is larger than what can be had
   */
  static MemorySegment of(StoredObject stored) {
    long sizeBytes = stored.getSizeBytes();
    if (sizeBytes > BYTES_MAX) {
      throw tooLarge(stored, "limitBytes=" + BYTES_MAX, null);
    }
    try {
      return MemorySegment.ofArray(new byte[Math.toIntExact(sizeBytes)]);
    } catch (OutOfMemoryError e) {
      throw tooLarge(stored, "heapBytes=" + Runtime.getRuntime().maxMemory(), e);
    }
  }

  private static MobulaException tooLarge(
      StoredObject stored, String limit, @Nullable Throwable cause) {
    return MobulaException.of(
        ErrorCode.DESERIALIZATION_FAILED,
        "the object is too large to be brought to this process, which has no access to a node's"
            + " shared memory: object="
            + ObjectKey.of(stored.getId())
            + ", sizeBytes="
            + stored.getSizeBytes()
            + ", "
            + limit
            + "; have a task reduce it, raise -Xmx, or run this program on a node of the cluster",
        cause);
  }
}
