package io.mobula.raylet.transfer;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Where a {@link DataServer} finds objects. Called by its connection threads; may block. */
public interface ObjectSource {

  /**
   * Finds an object and keeps its bytes from moving until the answer is {@linkplain
   * Answer.Found#close closed}.
   *
   * @param timeout how long to wait for an object that is being written on this node
   */
  Answer open(ObjectKey key, Duration timeout) throws InterruptedException;

  /** What a source has to say. */
  sealed interface Answer {

    /** The object is here. */
    record Found(MemorySegment bytes, Runnable onClose) implements Answer, AutoCloseable {
      /** Lets go of the object. */
      @Override
      public void close() {
        onClose.run();
      }
    }

    /** It is not, and the reader should look elsewhere. */
    record Missing(Failure failure) implements Answer {}
  }
}
