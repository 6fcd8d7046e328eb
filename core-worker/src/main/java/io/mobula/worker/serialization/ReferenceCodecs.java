package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;

/** References to remote objects and actors: never their fields, but what the sink makes of them. */
final class ReferenceCodecs {
  private ReferenceCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) {
    byte[] bytes =
        tag == Tag.OBJECT_REF
            ? out.references().objectRef((ObjectRef<?>) value)
            : out.references().actorHandle((ActorHandle<?>) value);
    out.wire.varint(bytes.length);
    out.wire.bytes(bytes, 0, bytes.length);
  }

  static Object read(int tag, GraphDecoder in) throws CorruptStreamException {
    byte[] bytes = in.wire.bytes(in.wire.varint());
    return in.track(
        tag == Tag.OBJECT_REF
            ? in.references().objectRef(bytes)
            : in.references().actorHandle(bytes));
  }
}
