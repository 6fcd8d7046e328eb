package io.mobula.worker.object;

import io.mobula.proto.Failure;
import io.mobula.proto.StoredObject;

/** What became of an object. Immutable. */
public sealed interface Outcome {
  /**
   * A small value, held by whoever knows it.
   *
   * @param kind the codec's number
   * @param bytes encoded; never changed
   */
  record Inline(int kind, byte[] bytes) implements Outcome {}

  /** A value in shared memory on one or more nodes. */
  record Stored(StoredObject object) implements Outcome {}

  /** There is no value, and there will be none. */
  record Failed(Failure failure) implements Outcome {}
}
