package io.mobula.worker.serialization;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;

/** References to remote objects and actors: never their fields, but what the sink makes of them. */
final class ReferenceCodecs {
  static final TypeCodec OBJECT_REF =
      new TypeCodec.Tagged(TypeCodec.Tracking.REBUILT) {
        @Override
        void write(GraphEncoder out, Object value) {
          bytes(out, Tag.OBJECT_REF, out.references().objectRef((ObjectRef<?>) value));
        }
      };

  static final TypeCodec ACTOR_HANDLE =
      new TypeCodec.Tagged(TypeCodec.Tracking.REBUILT) {
        @Override
        void write(GraphEncoder out, Object value) {
          bytes(out, Tag.ACTOR_HANDLE, out.references().actorHandle((ActorHandle<?>) value));
        }
      };

  private ReferenceCodecs() {}

  private static void bytes(GraphEncoder out, int tag, byte[] bytes) {
    out.wire.u8(tag);
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
