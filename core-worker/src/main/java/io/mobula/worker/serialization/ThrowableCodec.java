package io.mobula.worker.serialization;

import io.mobula.api.RemoteThrowable;
import io.mobula.api.SerializationException;
import io.mobula.worker.failure.ThrowableText;
import java.lang.foreign.MemorySegment;
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

  /** Exceptions are for reading; data belongs into results. */
  private static final int OBJECT_BYTES_MAX = 1 << 20;

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
   * Encodes a failure, of kind {@link ValueKind#THROWABLE}. Parts of it that can't be sent, or are
   * too large to be, do not make this fail: each throwable concerned arrives as a {@link
   * RemoteThrowable}.
   *
   * @param failure what was thrown
   * @param references is told of the references inside, as in {@link ValueCodec#encode}
   * @return the encoded failure, of a few MiB at most
   */
  public Encoding encode(Throwable failure, ReferenceSink references) {
    List<FailureRow> rows = FailureRow.of(failure);
    Room room = new Room();
    FailureRow first = room.fill(rows.getFirst(), references);
    byte[] object = first.object();
    byte[] tree = {};
    if (object.length == 0 || !rows.stream().allMatch(FailureRow::isOfPlatform)) {
      // The first row's object is not in the tree; the others carry theirs for a stand-in's causes.
      rows.set(0, first.withObject(new byte[0], first.note()));
      rows.subList(1, rows.size()).replaceAll(row -> room.fill(row, references));
      tree = codec.encodeGraph(FailureRow.toWire(rows), references).toByteArray();
    }
    byte[] bytes = new byte[Long.BYTES + object.length + tree.length];
    MemorySegment.ofArray(bytes).set(RawReader.LONG, 0, object.length);
    System.arraycopy(object, 0, bytes, Long.BYTES, object.length);
    System.arraycopy(tree, 0, bytes, Long.BYTES + object.length, tree.length);
    return new GraphValue(ValueKind.THROWABLE, bytes, bytes.length, List.of(), bytes.length);
  }

  /** What the objects of one failure may take together. Used by one thread. */
  private final class Room {
    private long leftBytes = OBJECT_BYTES_MAX;

    /** The row with its object, or with the reason why that is not sent. */
    FailureRow fill(FailureRow row, ReferenceSink references) {
      try {
        GraphValue graph = codec.encodeGraph(row.failure(), references);
        if (graph.sizeBytes() > leftBytes) {
          return row.withObject(
              new byte[0],
              "(a stand-in: the exception itself is too large to be sent: sizeBytes="
                  + graph.sizeBytes()
                  + ", maxBytes="
                  + OBJECT_BYTES_MAX
                  + ")");
        }
        leftBytes -= graph.sizeBytes();
        return row.withObject(graph.toByteArray(), "");
      } catch (SerializationException e) {
        return row;
      } catch (Throwable e) {
        // Whatever it was, memory for a large one included, text remains.
        return row.withObject(
            new byte[0],
            "(a stand-in: encoding the exception failed: " + ThrowableText.of(e) + ")");
      }
    }
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
