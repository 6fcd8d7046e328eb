package io.mobula.worker.own;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.ObjectId;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskReply;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.util.List;

/** Between outcomes and their wire form. */
public final class Values {
  private Values() {}

  /** The inline value's wire form. The bytes are not copied: nobody changes them. */
  public static EncodedValue encoded(Outcome.Inline inline, List<ObjectEntry> contained) {
    EncodedValue.Builder value =
        EncodedValue.newBuilder()
            .setKind(inline.kind())
            .setData(UnsafeByteOperations.unsafeWrap(inline.bytes()));
    contained.forEach(inner -> value.addReferences(inner.key().toProto()));
    return value.build();
  }

  public static Outcome.Inline inline(EncodedValue value) {
    return new Outcome.Inline(value.getKind(), value.getData().toByteArray());
  }

  public static Packet.Builder answer(ObjectKey key, Outcome outcome, List<ObjectEntry> contained) {
    ObjectValue.Builder value = ObjectValue.newBuilder().setId(key.toProto());
    switch (outcome) {
      case Outcome.Inline inline -> value.setValue(encoded(inline, contained));
      case Outcome.Stored stored -> value.setStored(stored.object());
      case Outcome.Failed failed -> value.setFailure(failed.failure());
    }
    return Packet.newBuilder().setObjectValue(value);
  }

  public static Outcome outcome(ObjectValue value) {
    return switch (value.getOutcomeCase()) {
      case VALUE -> inline(value.getValue());
      case STORED -> new Outcome.Stored(value.getStored());
      case FAILURE -> new Outcome.Failed(value.getFailure());
      case OUTCOME_NOT_SET -> throw new IllegalArgumentException("object value without outcome");
    };
  }

  public static Outcome outcome(TaskReply reply) {
    return switch (reply.getOutcomeCase()) {
      case VALUE -> inline(reply.getValue());
      case STORED -> new Outcome.Stored(reply.getStored());
      case FAILURE -> new Outcome.Failed(reply.getFailure());
      case OUTCOME_NOT_SET -> throw new IllegalArgumentException("task reply without outcome");
    };
  }

  public static List<ObjectId> references(ObjectValue value) {
    return value.hasValue()
        ? value.getValue().getReferencesList()
        : references(value.hasStored() ? value.getStored() : StoredObject.getDefaultInstance());
  }

  public static List<ObjectId> references(TaskReply reply) {
    return reply.hasValue()
        ? reply.getValue().getReferencesList()
        : references(reply.hasStored() ? reply.getStored() : StoredObject.getDefaultInstance());
  }

  private static List<ObjectId> references(StoredObject stored) {
    return stored.getReferencesList();
  }
}
