package io.mobula.raylet.transfer;

import io.mobula.agent.id.ObjectKey;

/**
 * What a reader wants of an object.
 *
 * @param objectBytes what it believes the whole object's size to be
 * @param firstByte where the part begins; the part is within the object
 * @param readerNode the reader's node
 */
public record PartRequest(
    ObjectKey key, long objectBytes, long firstByte, long lengthBytes, int readerNode) {

  /** Refuses what is no part of an object. */
  public PartRequest {
    if (firstByte < 0 || lengthBytes < 0 || firstByte > objectBytes - lengthBytes) {
      throw new IllegalArgumentException(
          "Part is outside its object: objectBytes="
              + objectBytes
              + ", firstByte="
              + firstByte
              + ", lengthBytes="
              + lengthBytes);
    }
  }
}
