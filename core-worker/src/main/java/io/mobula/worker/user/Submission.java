package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ObjectRef;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.failure.ThrowableText;
import io.mobula.worker.function.ResolvedFunction;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.submit.PendingTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes pending tasks out of what the user gave, on the user's thread: encodes arguments, retains
 * references. Thread-safe.
 */
final class Submission {
  /** A longer name of a task is cut: it travels with the task and with whatever is said of it. */
  private static final int NAME_CHARS_MAX = 1000;

  private final long self;
  private final ObjectTable table;
  private final ValueExchange values;
  private final CallSites callSites;
  private final OwnHandles handles;
  private final AtomicLong lastSequence = new AtomicLong();

  Submission(
      long self, ObjectTable table, ValueExchange values, CallSites callSites, OwnHandles handles) {
    this.self = self;
    this.table = table;
    this.values = values;
    this.callSites = callSites;
    this.handles = handles;
  }

  /** A new object's id, of this process. */
  ObjectKey nextKey() {
    return new ObjectKey(self, lastSequence.incrementAndGet());
  }

  /**
   * A task and the object it returns, which is in the table and retained twice: for the task and
   * for the caller.
   *
   * @param refMask bit i: argument i is a reference to resolve
   */
  PendingTask task(
      ResolvedFunction function,
      String name,
      int maxRetries,
      @Nullable Object[] arguments,
      int refMask) {
    int captured = function.captured().length;
    int count = captured + arguments.length;
    @Nullable TaskArgument[] encoded = new @Nullable TaskArgument[count];
    @Nullable ObjectEntry[] references = new @Nullable ObjectEntry[count];
    ContainedReferences contained = new ContainedReferences(handles);
    boolean isComplete = false;
    try {
      for (int i = 0; i < count; i++) {
        Object argument = i < captured ? function.captured()[i] : arguments[i - captured];
        boolean isReference = i >= captured && (refMask & (1 << (i - captured))) != 0;
        if (isReference && argument instanceof ObjectRef<?> ref) {
          ObjectEntry entry = handles.entry(ref);
          entry.retain();
          references[i] = entry;
        } else if (isReference) {
          throw new NullPointerException(
              "argument "
                  + (i - captured + 1)
                  + " is a null ObjectRef; pass a value or a reference");
        } else {
          encodeArgument(argument, i, encoded, references, contained);
        }
      }
      isComplete = true;
    } finally {
      if (!isComplete) {
        release(references, contained.entries());
      }
    }
    String shortName = ThrowableText.cut(name, NAME_CHARS_MAX);
    ObjectEntry result = ObjectEntry.pending(nextKey());
    result.ownership().setMaker(shortName, callSites.ofSmall());
    result.retain();
    table.add(result);
    return new PendingTask(
        result, function.target(), shortName, maxRetries, encoded, references, contained.entries());
  }

  private void encodeArgument(
      @Nullable Object argument,
      int position,
      @Nullable TaskArgument[] encoded,
      @Nullable ObjectEntry[] references,
      ContainedReferences contained) {
    ContainedReferences own = new ContainedReferences(handles);
    Encoding value = values.encode(argument, own);
    if (!ValueExchange.isInline(value)) {
      references[position] = store(value, own.entries());
      return;
    }
    // Whoever asked lets go of it from here on, if this fails.
    contained.entries().addAll(own.entries());
    EncodedValue.Builder wire =
        EncodedValue.newBuilder()
            .setKind(value.kind().number())
            .setData(UnsafeByteOperations.unsafeWrap(value.toByteArray()));
    own.entries().forEach(entry -> wire.addReferences(entry.key().toProto()));
    encoded[position] = TaskArgument.newBuilder().setValue(wire).build();
  }

  /** A new object of this process, in the table, retained once for the caller. */
  ObjectEntry put(Encoding value, List<ObjectEntry> contained) {
    if (!ValueExchange.isInline(value)) {
      return store(value, contained);
    }
    Outcome inline = null;
    try {
      inline = new Outcome.Inline(value.kind().number(), value.toByteArray());
    } finally {
      if (inline == null) {
        contained.forEach(values::release);
      }
    }
    ObjectEntry entry = ObjectEntry.ready(nextKey(), inline);
    entry.ownership().setMaker(null, callSites.ofSmall());
    entry.ownership().contained().addAll(contained);
    table.add(entry);
    return entry;
  }

  /** A new stored object of this process, in the table, retained once for the caller. */
  private ObjectEntry store(Encoding value, List<ObjectEntry> contained) {
    ObjectKey key = nextKey();
    boolean isStored = false;
    try {
      String callSite = callSites.ofStored();
      ObjectEntry entry = ObjectEntry.ready(key, values.store(key, 0, value, contained, callSite));
      entry.ownership().setMaker(null, callSite);
      entry.ownership().contained().addAll(contained);
      entry.ownership().locations().add(ProcessAddress.rayletOf(self));
      table.add(entry);
      isStored = true;
      return entry;
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted(
          "room in the object store: object=" + key + ", sizeBytes=" + value.sizeBytes());
    } finally {
      if (!isStored) {
        contained.forEach(values::release);
      }
    }
  }

  private void release(@Nullable ObjectEntry[] references, List<ObjectEntry> contained) {
    List<ObjectEntry> all = new ArrayList<>(contained);
    for (ObjectEntry entry : references) {
      if (entry != null) {
        all.add(entry);
      }
    }
    all.forEach(values::release);
  }
}
