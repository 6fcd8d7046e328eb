package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
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
    implements Encoding {
  @Override
  public void writeTo(ByteTarget target) {
    MemorySegment inBandSegment = MemorySegment.ofArray(inBand);
    int from = 0;
    long at = 0;
    for (WireWriter.Bulk bulk : bulks) {
      int size = bulk.inBandBytes() - from;
      target.write(at, inBandSegment.asSlice(from, size));
      from += size;
      at += size;
      target.write(at, bulk.content());
      at += bulk.content().byteSize();
    }
    target.write(at, inBandSegment.asSlice(from, inBandBytes - from));
  }

  @Override
  public byte[] toByteArray() {
    return bulks.isEmpty() ? Arrays.copyOf(inBand, inBandBytes) : Encoding.super.toByteArray();
  }
}
