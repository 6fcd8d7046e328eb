package io.mobula.store.spill;

import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import java.io.IOException;

/**
 * A place for the bytes of objects that have no room in memory.
 *
 * <p>Every method blocks while bytes move, may be called by any thread, and by several at once for
 * different files. A file is written once, as a whole, then read in parts, then deleted; the caller
 * reads no file that is being written or deleted. What a target keeps need not outlive the store.
 */
public interface SpillTarget extends AutoCloseable {

  /**
   * Writes objects to a new file.
   *
   * @param store where the objects are; they don't change meanwhile
   */
  SpillWrite write(SpillBatch batch, StoreClient store);

  /**
   * Reads an object back, and checks that it is what was written.
   *
   * @param destination where in the store it goes; as large as the object, and written by nobody
   *     else meanwhile
   */
  SpillRead read(SpillSlot slot, StoreClient store, HeapRange destination);

  /** Writes what is still needed of a file to a new one, checked as by {@link #read}. */
  SpillWrite compact(SpillCompaction compaction);

  /**
   * Deletes a file. One that is gone already is no failure.
   *
   * @throws IOException if it can't be deleted
   */
  void delete(SpillFile file) throws IOException;

  /** Where the files are, for people. */
  String describe();

  /** Deletes all files, and what they are in if the target made it. A second call does nothing. */
  @Override
  void close() throws IOException;
}
