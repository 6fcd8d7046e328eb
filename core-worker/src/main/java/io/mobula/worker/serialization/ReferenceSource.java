package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;

/**
 * Turns the bytes that a {@link ReferenceSink} gave back into live references.
 *
 * <p>Called on the decoding thread, in the order of the stream. Bytes that are not understood are
 * reported by an {@link IllegalArgumentException}, which the codec turns into its own failure.
 */
public interface ReferenceSource {
  /** The live reference for bytes from {@link ReferenceSink#objectRef}. */
  ObjectRef<?> objectRef(byte[] bytes);

  /** The live handle for bytes from {@link ReferenceSink#actorHandle}. */
  ActorHandle<?> actorHandle(byte[] bytes);
}
