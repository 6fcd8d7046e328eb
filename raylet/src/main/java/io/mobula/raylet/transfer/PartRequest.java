package io.mobula.raylet.transfer;

import io.mobula.agent.id.ObjectKey;

/**
 * What a reader wants of an object.
 *
 * @param objectBytes what it believes the whole object's size to be
 * @param firstByte where the part begins; the part is within the object
 * @param readerNode the reader's node
 * @param isFromFile whether the reader is on the source's machine and copies from its store file,
 *     which costs the source nothing; the source finds out, the reader itself says false
 * @param taskAttempt the attempt of the task that made the value; a copy of another is not the same
 */
public record PartRequest(
    ObjectKey key,
    long objectBytes,
    long firstByte,
    long lengthBytes,
    int readerNode,
    boolean isFromFile,
    int taskAttempt) {

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

  /** A part that is to come through a socket, for all that is known. */
  public PartRequest(
      ObjectKey key, long objectBytes, long firstByte, long lengthBytes, int readerNode) {
    this(key, objectBytes, firstByte, lengthBytes, readerNode, false, 0);
  }
}
