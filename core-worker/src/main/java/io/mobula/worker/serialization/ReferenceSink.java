package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;

/**
 * Told of each distinct reference inside a value that is being encoded; gives the bytes that stand
 * for it.
 *
 * <p>Called on the encoding thread, in the order of the stream, once per identity and value. The
 * bytes are opaque to the codec and come back through {@link ReferenceSource}. An exception thrown
 * here ends the encoding and reaches the caller unchanged if it is a {@code MobulaException}.
 */
public interface ReferenceSink {
  /** Records that the value contains {@code ref} and returns what rebuilds it elsewhere. */
  byte[] objectRef(ObjectRef<?> ref);

  /** Records that the value contains {@code handle} and returns what rebuilds it elsewhere. */
  byte[] actorHandle(ActorHandle<?> handle);
}
