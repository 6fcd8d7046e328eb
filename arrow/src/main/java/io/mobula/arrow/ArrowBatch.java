package io.mobula.arrow;

import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.ObjectStoreFullException;
import io.mobula.api.SerializationException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * An Arrow record batch that came out of the object store, and the way of others into it.
 *
 * <pre>{@code
 * static long total(MemorySegment value) {
 *   try (BufferAllocator allocator = new RootAllocator();
 *       ArrowBatch batch = ArrowBatch.view(value, allocator)) {
 *     BigIntVector amounts = (BigIntVector) batch.root().getVector("amount");
 *     long sum = 0;
 *     for (int i = 0; i < amounts.getValueCount(); i++) {
 *       sum += amounts.get(i);
 *     }
 *     return sum;
 *   }
 * }
 *
 * ObjectRef<MemorySegment> table = ArrowBatch.put(root);
 * long total = Mobula.task(App::total).remote(table).get();
 * }</pre>
 *
 * <p><b>What travels</b> is a {@link MemorySegment}: one record batch in Arrow's IPC stream format,
 * with the dictionaries that it uses and its buffers at multiples of 64 bytes. So a parameter or a
 * result of a task is declared {@code MemorySegment}, and must be that itself: inside another value
 * a segment is copied to the heap.
 *
 * <p><b>Views.</b> The vectors of a {@link #view} of a value in the store have no memory of their
 * own: their buffers are the store's. The time it takes depends on the number of columns and not of
 * rows. The memory stays what it is as long as the batch, a vector or a buffer that came from it is
 * reachable, whatever happens to the ref, or until the last of them is closed or cleared. Close the
 * batch when done, as anything of Arrow's: until then it counts on the allocator with the size of
 * the value. After that its vectors are empty and throw. A value of less than 100 KiB is not in the
 * store, and neither is any in a driver on another machine: those are copied.
 *
 * <p><b>Views must not be modified.</b> The memory is mapped read-only, so nobody can change what
 * others read, but Arrow has no read-only vectors: one that is written to in place, as by {@code
 * set}, {@code setNull}, {@code reset} or a raised {@code setValueCount}, ends the process with a
 * memory fault. What makes vectors anew or empty is fine: {@code allocateNew}, {@code clear},
 * transfers, slices. Use {@link #copy} to get a batch that may be modified.
 *
 * <p>Bounds of buffers are checked before they are handed out. That offsets within them are in
 * order is not, which would mean to read them all: a wrong one throws when it is used, unless
 * Arrow's own bounds checks were switched off.
 *
 * <p>Not thread-safe for closing; reading vectors is as thread-safe as they are.
 */
public final class ArrowBatch implements AutoCloseable {
  private final VectorSchemaRoot root;
  private final DictionaryProvider.MapDictionaryProvider dictionaries;
  private final boolean isView;
  private boolean isClosed;

  ArrowBatch(
      VectorSchemaRoot root,
      DictionaryProvider.MapDictionaryProvider dictionaries,
      boolean isView) {
    this.root = root;
    this.dictionaries = dictionaries;
    this.isView = isView;
  }

  /**
   * Stores a batch that has no dictionaries, to be read by any task on any node.
   *
   * @param root the batch, which stays the caller's
   * @return a ref to it, for {@link #get} or as an argument
   * @throws SerializationException if it has dictionaries, or its vectors are not of one length
   * @throws ObjectStoreFullException if it does not fit
   */
  public static ObjectRef<MemorySegment> put(VectorSchemaRoot root) {
    return put(root, new DictionaryProvider.MapDictionaryProvider());
  }

  /**
   * Stores a batch with the dictionaries that it uses.
   *
   * @param root the batch, which stays the caller's
   * @param dictionaries has at least those that the batch uses; stays the caller's
   * @return a ref to it, for {@link #get} or as an argument
   * @throws SerializationException if a dictionary is missing, or vectors are not of one length
   * @throws ObjectStoreFullException if it does not fit
   */
  public static ObjectRef<MemorySegment> put(
      VectorSchemaRoot root, DictionaryProvider dictionaries) {
    try (Arena arena = Arena.ofConfined()) {
      // put() has copied the bytes when it returns.
      return Mobula.put(BatchEncoder.encode(root, dictionaries, arena));
    }
  }

  /**
   * Waits for a batch and views it.
   *
   * @param ref to what {@link #put} stored or a task returned
   * @param allocator counts the memory, and gives what must be copied
   * @return the batch, to be closed
   * @throws SerializationException if the value is not a batch
   * @throws OutOfMemoryException if it exceeds the allocator's limit
   * @throws MobulaException what {@link ObjectRef#get()} throws
   */
  public static ArrowBatch get(ObjectRef<MemorySegment> ref, BufferAllocator allocator) {
    return view(ref.get(), allocator);
  }

  /**
   * Makes a batch that has no dictionaries a value, to be returned by a task or passed to one.
   *
   * @param root the batch, which stays the caller's
   * @return a copy, outside the heap, valid as long as it is reachable
   * @throws SerializationException if it has dictionaries, or its vectors are not of one length
   */
  public static MemorySegment encode(VectorSchemaRoot root) {
    return encode(root, new DictionaryProvider.MapDictionaryProvider());
  }

  /**
   * Makes a batch and the dictionaries that it uses a value, to be returned by a task or passed to
   * one.
   *
   * @param root the batch, which stays the caller's
   * @param dictionaries has at least those that the batch uses; stays the caller's
   * @return a copy, outside the heap, valid as long as it is reachable
   * @throws SerializationException if a dictionary is missing, or vectors are not of one length
   */
  public static MemorySegment encode(VectorSchemaRoot root, DictionaryProvider dictionaries) {
    return BatchEncoder.encode(root, dictionaries, Arena.ofAuto());
  }

  /**
   * Reads a value without copying it, if it lies outside the heap.
   *
   * <p>A segment of an arena of the caller's own must stay open until the batch is closed: Arrow
   * can't tell.
   *
   * @param value from {@link #encode}, {@link ObjectRef#get} or an argument
   * @param allocator counts the memory, and gives what must be copied
   * @return the batch, to be closed, not to be modified
   * @throws SerializationException if the value is not a batch
   * @throws OutOfMemoryException if it exceeds the allocator's limit
   */
  public static ArrowBatch view(MemorySegment value, BufferAllocator allocator) {
    return BatchDecoder.decode(value, allocator, value.isNative());
  }

  /**
   * Reads a value into memory of the allocator.
   *
   * @param value from {@link #encode}, {@link ObjectRef#get} or an argument
   * @param allocator gives the memory
   * @return the batch, to be closed; it may be modified
   * @throws SerializationException if the value is not a batch
   * @throws OutOfMemoryException if it exceeds the allocator's limit
   */
  public static ArrowBatch copy(MemorySegment value, BufferAllocator allocator) {
    return BatchDecoder.decode(value, allocator, false);
  }

  /**
   * The vectors.
   *
   * @return the same each time; closed with this batch
   * @throws IllegalStateException if this batch is closed
   */
  public VectorSchemaRoot root() {
    checkOpen();
    return root;
  }

  /**
   * The dictionaries of the vectors that have one.
   *
   * @return the same each time, empty if there are none; closed with this batch
   * @throws IllegalStateException if this batch is closed
   */
  public DictionaryProvider dictionaries() {
    checkOpen();
    return dictionaries;
  }

  /**
   * Whether the buffers are the value's memory itself.
   *
   * @return false if they are a copy, which may be modified
   */
  public boolean isView() {
    return isView;
  }

  /** Empties the vectors. Buffers that were retained or transferred stay. Does nothing twice. */
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      root.close();
      for (long id : dictionaries.getDictionaryIds()) {
        Dictionary dictionary = dictionaries.lookup(id);
        dictionary.getVector().close();
      }
    }
  }

  private void checkOpen() {
    if (isClosed) {
      throw new IllegalStateException("Batch is closed");
    }
  }
}
