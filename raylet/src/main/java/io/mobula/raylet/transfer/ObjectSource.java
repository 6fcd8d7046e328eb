package io.mobula.raylet.transfer;

import io.mobula.proto.Failure;
import io.mobula.proto.StoreFileRange;
import java.time.Duration;

/** Where a {@link DataServer} finds objects. Called by its connection threads; may block. */
public interface ObjectSource {

  /**
   * Finds a part of an object and keeps its bytes from moving until the answer is {@linkplain
   * Answer.Found#close closed}.
   *
   * @param timeout how long to wait for an object that is being written on this node
   */
  Answer open(PartRequest request, Duration timeout) throws InterruptedException;

  /** What a source has to say. */
  sealed interface Answer {

    /**
     * The part is here.
     *
     * @param bytes of the part alone
     * @param file where a reader on this machine finds them
     */
    record Found(SourceReport report, PartMemory bytes, StoreFileRange file, Runnable onClose)
        implements Answer, AutoCloseable {
      /** Lets go of the object. */
      @Override
      public void close() {
        onClose.run();
      }
    }

    /** It is not here now; the reader should ask again, or others. */
    record Absent(SourceReport report) implements Answer {}

    /** It is not, and the reader should look elsewhere. */
    record Missing(Failure failure) implements Answer {}

    /** This node ends, and says nothing any more of what it has. */
    record Ending() implements Answer {}
  }
}
