package io.mobula.worker.serialization;

import io.mobula.api.SerializationException;
import java.lang.foreign.MemorySegment;

/**
 * A value made ready to be sent: its kind, its size, and a way to write its bytes once.
 *
 * <p>Immutable, but large primitive arrays, strings and buffers are still the user's own: they are
 * copied by {@link #writeTo} or {@link #toByteArray}, straight to the target. Call one of them
 * before the user's thread gets control back, or a later change of the array may be what is sent.
 */
public sealed interface Encoding permits RawValue, GraphValue {
  /** How to read the bytes. */
  ValueKind kind();

  /** The exact number of bytes that {@link #writeTo} writes. */
  long sizeBytes();

  /**
   * Writes all bytes to the target, from its position 0 on; few and large pieces where the value
   * has them.
   */
  void writeTo(ByteTarget target);

  /**
   * All bytes in a new array.
   *
   * @throws SerializationException if they do not fit one array
   */
  default byte[] toByteArray() {
    if (sizeBytes() > Integer.MAX_VALUE - 16) {
      throw CodecFailures.tooLarge(
          "cannot send in one array: sizeBytes=" + sizeBytes() + ", kind=" + kind());
    }
    byte[] bytes = new byte[(int) sizeBytes()];
    writeTo(ByteTarget.of(MemorySegment.ofArray(bytes)));
    return bytes;
  }
}
