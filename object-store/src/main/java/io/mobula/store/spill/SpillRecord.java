package io.mobula.store.spill;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The form of an object in a file: its bytes, and behind them a trailer that says what they are. A
 * file is one such record after the other.
 *
 * <pre>
 *   0 ─────────── size ── +8 ── +16 ── +24 ── +32 ───── +40
 *   │ object's bytes │ magic │ key    │ key   │ size │ checksum, │
 *   │                │       │ high   │ low   │      │ zeros     │
 * </pre>
 *
 * <p>Numbers are big-endian. The checksum is the CRC-32C of the object's bytes.
 */
final class SpillRecord {

  static final int TRAILER_BYTES = 40;

  private static final long MAGIC = 0x4d4f42554c415350L; // MOBULASP

  private SpillRecord() {}

  /** What a record of an object takes. */
  static long bytes(long sizeBytes) {
    return sizeBytes + TRAILER_BYTES;
  }

  /** Puts the trailer of an object, ready to be read. */
  static void putTrailer(ByteBuffer into, SpillSlot slot) {
    into.clear()
        .putLong(MAGIC)
        .putLong(slot.key().high())
        .putLong(slot.key().low())
        .putLong(slot.sizeBytes())
        .putInt(slot.checksum())
        .putInt(0)
        .flip();
  }

  /** What is wrong about a trailer that should be this object's; null if nothing is. */
  static @Nullable String problem(ByteBuffer trailer, SpillSlot expected, int checksum) {
    if (trailer.getLong() != MAGIC
        || trailer.getLong() != expected.key().high()
        || trailer.getLong() != expected.key().low()
        || trailer.getLong() != expected.sizeBytes()
        || trailer.getInt() != expected.checksum()) {
      return "it is not the object that was written there";
    }
    return checksum == expected.checksum()
        ? null
        : "its bytes have changed: checksum="
            + Integer.toHexString(checksum)
            + ", expected="
            + Integer.toHexString(expected.checksum());
  }
}
