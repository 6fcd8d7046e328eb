package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import io.mobula.worker.actor.ActorReference;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.serialization.ReferenceSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the references inside a value that is being encoded, and retains each. Used by one
 * thread for one value.
 *
 * <p>The wire form of a reference is its owner and sequence, 8 bytes each, big-endian; of a handle
 * the same, then its maxTaskRetries in 4 bytes and its description in UTF-8.
 */
final class ContainedReferences implements ReferenceSink {
  private final OwnHandles handles;
  private final List<ObjectEntry> entries = new ArrayList<>(0);

  /**
   * @param handles refuses those of another session
   */
  ContainedReferences(OwnHandles handles) {
    this.handles = handles;
  }

  /** The objects referred to, each retained once for whoever takes this list. */
  List<ObjectEntry> entries() {
    return entries;
  }

  @Override
  public byte[] objectRef(ObjectRef<?> ref) {
    ObjectEntry entry = handles.entry(ref);
    entry.retain();
    entries.add(entry);
    return newBuffer(entry.key(), 0).array();
  }

  @Override
  public byte[] actorHandle(ActorHandle<?> handle) {
    ActorReference<?> reference = handles.actor(handle);
    byte[] text = reference.description().getBytes(StandardCharsets.UTF_8);
    return newBuffer(reference.key(), Integer.BYTES + text.length)
        .putInt(reference.maxTaskRetries())
        .put(text)
        .array();
  }

  private static ByteBuffer newBuffer(ObjectKey key, int more) {
    return ByteBuffer.allocate(2 * Long.BYTES + more).putLong(key.owner()).putLong(key.sequence());
  }
}
