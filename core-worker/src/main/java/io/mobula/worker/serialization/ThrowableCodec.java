package io.mobula.worker.serialization;

import io.mobula.api.RemoteThrowable;
import io.mobula.api.SerializationException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Failures to bytes and back, such that something readable always arrives.
 *
 * <p>Thread-safe. The bytes hold the failure as the object it is, if that can be sent, and its tree
 * of causes as {@link FailureRow}s, from which a stand-in is made where the object can't be rebuilt
 * (its class is missing there, or one of its fields could not be sent). The rows are left out when
 * all classes of the tree are the JDK's own and the object could be sent.
 *
 * <pre>
 * THROWABLE := objectBytes:i64 object:graph{objectBytes} rows:graph{rest}
 * </pre>
 */
public final class ThrowableCodec {
  private static final ReferenceSource NO_REFERENCES = new NoReferences();

  private final ValueCodec codec;

  /**
   * Makes a codec.
   *
   * @param codec encodes and decodes the objects
   */
  public ThrowableCodec(ValueCodec codec) {
    this.codec = codec;
  }

  /**
   * Encodes a failure, of kind {@link ValueKind#THROWABLE}. Parts of it that can't be sent do not
   * make this fail: each throwable concerned arrives as a {@link RemoteThrowable}.
   *
   * @param failure what was thrown
   * @param references is told of the references inside, as in {@link ValueCodec#encode}
   * @return the encoded failure
   */
  public Encoding encode(Throwable failure, ReferenceSink references) {
    List<FailureRow> rows = FailureRow.of(failure);
    byte[] object = object(failure, references);
    byte[] tree = {};
    if (object.length == 0 || !rows.stream().allMatch(FailureRow::isOfPlatform)) {
      tree = tree(rows, references);
    }
    byte[] bytes = new byte[Long.BYTES + object.length + tree.length];
    MemorySegment.ofArray(bytes).set(RawReader.LONG, 0, object.length);
    System.arraycopy(object, 0, bytes, Long.BYTES, object.length);
    System.arraycopy(tree, 0, bytes, Long.BYTES + object.length, tree.length);
    return new GraphValue(ValueKind.THROWABLE, bytes, bytes.length, List.of(), bytes.length);
  }

  private byte[] object(Throwable failure, ReferenceSink references) {
    try {
      return codec.encodeGraph(failure, references).toByteArray();
    } catch (SerializationException e) {
      return new byte[0];
    }
  }

  /** The rows; all but the first carry their own object too, for a stand-in's causes. */
  private byte[] tree(List<FailureRow> rows, ReferenceSink references) {
    List<FailureRow> complete = new ArrayList<>(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      FailureRow row = rows.get(i);
      complete.add(i == 0 ? row : row.withObject(object(row.failure(), references)));
    }
    return codec.encodeGraph(FailureRow.toWire(complete), references).toByteArray();
  }

  /**
   * Decodes a failure: the object, or a stand-in for what of it can't be rebuilt.
   *
   * @param bytes exactly the bytes of the encoded failure
   * @param references gives the references inside
   * @return the failure
   * @throws SerializationException if the bytes are not an encoded failure
   */
  public Throwable decode(MemorySegment bytes, ReferenceSource references) {
    long objectBytes = bytes.byteSize() < Long.BYTES ? -1 : bytes.get(RawReader.LONG, 0);
    long treeBytes = bytes.byteSize() - Long.BYTES - objectBytes;
    if (objectBytes < 0 || treeBytes < 0) {
      throw CodecFailures.unreadable("failure of sizeBytes=" + bytes.byteSize(), null);
    }
    MemorySegment object = bytes.asSlice(Long.BYTES, objectBytes);
    if (treeBytes == 0) {
      return throwable(codec.decodeGraph(object, references));
    }
    Throwable whole = objectBytes == 0 ? null : objectOrNull(object, references);
    if (whole != null) {
      return whole;
    }
    MemorySegment tree = bytes.asSlice(Long.BYTES + objectBytes, treeBytes);
    Object wire = codec.decodeGraph(tree, NO_REFERENCES);
    return FailureRow.standIn(wire, row -> objectOrNull(MemorySegment.ofArray(row), references));
  }

  private @Nullable Throwable objectOrNull(MemorySegment bytes, ReferenceSource references) {
    try {
      return throwable(codec.decodeGraph(bytes, references));
    } catch (SerializationException e) {
      return null;
    }
  }

  private static Throwable throwable(@Nullable Object value) {
    if (value instanceof Throwable failure) {
      return failure;
    }
    throw CodecFailures.unreadable("a failure that is not a Throwable", null);
  }
}
