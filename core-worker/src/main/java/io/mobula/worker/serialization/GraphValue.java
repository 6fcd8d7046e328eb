package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * An encoded graph: bytes in band, with large arrays of the user's between them.
 *
 * @param kind {@link ValueKind#GRAPH} or {@link ValueKind#THROWABLE}
 * @param inBand holds the bytes in band; owned by this value
 * @param inBandBytes how many of them count
 * @param bulks the arrays, in order, each with the number of bytes in band before it
 * @param sizeBytes everything together
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record GraphValue(
    ValueKind kind, byte[] inBand, int inBandBytes, List<WireWriter.Bulk> bulks, long sizeBytes)
    implements EncodedValue {
  @Override
  public void writeTo(MemorySegment target) {
    int from = 0;
    long at = 0;
    for (WireWriter.Bulk bulk : bulks) {
      int size = bulk.inBandBytes() - from;
      MemorySegment.copy(inBand, from, target, ValueLayout.JAVA_BYTE, at, size);
      from += size;
      at += size;
      long bulkBytes = bulk.content().byteSize();
      MemorySegment.copy(bulk.content(), 0, target, at, bulkBytes);
      at += bulkBytes;
    }
    MemorySegment.copy(inBand, from, target, ValueLayout.JAVA_BYTE, at, inBandBytes - from);
  }

  @Override
  public byte[] toByteArray() {
    return bulks.isEmpty() ? Arrays.copyOf(inBand, inBandBytes) : EncodedValue.super.toByteArray();
  }
}
