package io.mobula.arrow;

/**
 * A message of Arrow's IPC stream format, as it lies in a value.
 *
 * <pre>
 * int     −1
 * int     size of the metadata with padding; 0 if this is the end, and nothing follows
 * bytes   metadata, a flatbuffer
 * bytes   padding: the body starts at a multiple of 64 in the value
 * bytes   body: buffers, each at a multiple of 64 in it
 * </pre>
 *
 * <p>A value is the schema, the dictionaries, one record batch, the end. Numbers are little-endian.
 * Arrow asks for multiples of 8 alone, so values that others wrote are read too.
 */
final class MessageFormat {
  /** What buffers are aligned to: a cache line, and what vector instructions like best. */
  static final int ALIGNMENT_BYTES = 64;

  static final int CONTINUATION = -1;
  static final int PREFIX_BYTES = 8;

  private MessageFormat() {}

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }
}
