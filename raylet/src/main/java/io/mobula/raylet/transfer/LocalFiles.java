package io.mobula.raylet.transfer;

import io.mobula.proto.StoreFileRange;
import java.io.IOException;

/** Gives access to the stores of other nodes on this machine. Called by any thread. */
public interface LocalFiles {

  /**
   * Opens a range of another node's store file, for reading.
   *
   * @return what must be closed when it was read
   * @throws IOException if the file is no such store, or can't be seen from here
   */
  Opened open(StoreFileRange range, long lengthBytes) throws IOException;

  /** A range that is being read. */
  interface Opened extends AutoCloseable {

    PartMemory memory();

    /** Ends the use of the memory. */
    @Override
    void close();
  }
}
