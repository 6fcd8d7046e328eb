package io.mobula.worker.serialization;

import io.mobula.api.MobulaException;
import io.mobula.api.SerializationException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one object graph at a time.
 *
 * <p>Owner: the thread that took it from the {@link ContextPool}. Reused; {@link #release} forgets
 * all that was the user's.
 */
final class GraphEncoder {
  private static final int IN_PROGRESS = -1;
  private static final int REPLACED_BY_UNTRACKED = -2;

  final WireWriter wire = new WireWriter();
  private final GraphPath path = new GraphPath();
  private final IdentityTable handles = new IdentityTable();
  private final IdentityTable strings = new IdentityTable();
  private final IdentityTable types = new IdentityTable();
  private @Nullable HookOutput hooks;
  private int handleCount;
  private int typeCount;
  private TypeCodec.@Nullable Described lastType;
  private int lastTypeNumber;
  private int exactStringDepth;
  private @Nullable ReferenceSink references;

  /** Made when first needed: many streams need none. */
  HookOutput hooks() {
    HookOutput made = hooks;
    if (made == null) {
      try {
        made = new HookOutput(this);
      } catch (IOException e) {
        throw new IllegalStateException("cannot make a stream without a file", e);
      }
      hooks = made;
    }
    return made;
  }

  int handleCount() {
    return handleCount;
  }

  ReferenceSink references() {
    ReferenceSink sink = references;
    if (sink == null) {
      throw new IllegalStateException("encoder is not in use");
    }
    return sink;
  }

  GraphValue encode(@Nullable Object root, ReferenceSink sink) {
    references = sink;
    path.start(root);
    wire.u8(Tag.VERSION);
    try {
      value(root);
    } catch (MobulaException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw CodecFailures.tooDeep(path.toString());
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw CodecFailures.codeFailed(path.toString(), e);
    }
    return wire.finish();
  }

  /** Makes the encoder ready for its next use, after success or failure. */
  void release() {
    references = null;
    lastType = null;
    exactStringDepth = 0;
    handleCount = 0;
    typeCount = 0;
    wire.reset();
    path.clear();
    handles.clear();
    strings.clear();
    types.clear();
    if (hooks != null) {
      hooks.clear();
    }
  }

  private void enter(@Nullable Object label, int index) {
    path.enter(label, index);
    if (path.depth() > DeepStack.DEPTH_MAX) {
      throw CodecFailures.tooDeep(path.toString());
    }
  }

  /** Writes a value that is one level below the current one, under a field's name or a label. */
  void child(Object label, @Nullable Object value) throws Throwable {
    enter(label, 0);
    value(value);
    path.leave();
  }

  /** Writes an element. */
  void element(int index, @Nullable Object value) throws Throwable {
    enter(GraphPath.INDEX, index);
    value(value);
    path.leave();
  }

  /** Writes what user code or the JDK's writes in a hook. */
  void childOfHook(@Nullable Object label, int index, @Nullable Object value) throws IOException {
    enter(label, index);
    try {
      value(value);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
    path.leave();
  }

  /** Writes any value, with its tag. */
  @SuppressWarnings("IfChainToSwitch") // Linking a pattern switch would slow down a worker's start.
  void value(@Nullable Object value) throws Throwable {
    if (value == null) {
      wire.u8(Tag.NULL);
    } else if (value instanceof String s) {
      string(s);
    } else if (value instanceof Integer i) {
      wire.u8(Tag.INT);
      wire.signedVarint(i);
    } else if (value instanceof Long l) {
      wire.u8(Tag.LONG);
      wire.signedVarlong(l);
    } else if (value instanceof Double d) {
      wire.u8(Tag.DOUBLE);
      wire.i64(Double.doubleToRawLongBits(d));
    } else if (value instanceof Boolean b) {
      wire.u8(b ? Tag.TRUE : Tag.FALSE);
    } else {
      object(value, TypeCodecs.of(value.getClass()));
    }
  }

  private void string(String value) {
    if (exactStringDepth == 0) {
      int known = strings.findOrPutString(value, handleCount);
      if (known != IdentityTable.ABSENT) {
        wire.u8(Tag.BACK);
        wire.varint(known);
        return;
      }
    }
    handleCount++;
    wire.string(value);
  }

  private void object(Object value, TypeCodec codec) throws Throwable {
    if (codec.tracking() == TypeCodec.Tracking.NONE) {
      codec.write(this, value);
      return;
    }
    if (isWrittenBefore(value)) {
      return;
    }
    int handle = handleCount++;
    boolean isAllocated = codec.tracking() == TypeCodec.Tracking.ALLOCATED;
    handles.put(value, isAllocated ? handle : IN_PROGRESS);
    if (path.depth() == DeepStack.SWITCH_DEPTH) {
      writeOnDeepStack(value, codec);
    } else {
      codec.write(this, value);
    }
    if (!isAllocated) {
      handles.put(value, handle);
    }
  }

  private void writeOnDeepStack(Object value, TypeCodec codec) throws Throwable {
    DeepStack.run(() -> {
      codec.write(this, value);
      return codec;
    });
  }

  /** Writes a reference back to {@code value} if it was written before. */
  private boolean isWrittenBefore(Object value) {
    int known = handles.find(value);
    if (known == IN_PROGRESS) {
      throw CodecFailures.refused(
          path.toString(),
          value.getClass(),
          "it contains itself, and its class is rebuilt by a constructor or readResolve",
          "break the cycle with a class that has mutable fields");
    }
    if (known < 0) {
      return false;
    }
    wire.u8(Tag.BACK);
    wire.varint(known);
    return true;
  }

  /** Writes {@code replacement} in the place of {@code value}, whose writeReplace gave it. */
  void replaced(Object value, @Nullable Object replacement) throws Throwable {
    if (isWrittenBefore(value)) {
      return;
    }
    handles.put(value, IN_PROGRESS);
    value(replacement);
    int known = replacement == null ? IdentityTable.ABSENT : handles.find(replacement);
    handles.put(value, known >= 0 ? known : REPLACED_BY_UNTRACKED);
  }

  /** Writes an instance by a given codec, when its class's own would replace it again. */
  void as(Object value, TypeCodec codec) throws Throwable {
    object(value, codec);
  }

  /** Between these calls, equal strings are not merged: something compares them by identity. */
  void exactStrings(boolean begin) {
    exactStringDepth += begin ? 1 : -1;
  }

  /** Writes which type follows: a number if this stream has described it, else its descriptor. */
  @SuppressWarnings("ReferenceEquality") // One codec a class.
  void type(TypeCodec.Described codec) {
    if (codec == lastType) {
      wire.varint(lastTypeNumber);
      return;
    }
    int known = types.find(codec);
    if (known == IdentityTable.ABSENT) {
      byte[] descriptor = codec.descriptor();
      wire.u8(0);
      wire.i32(DescriptorTable.hash(descriptor));
      wire.varint(descriptor.length);
      wire.bytes(descriptor, 0, descriptor.length);
      known = ++typeCount;
      types.put(codec, known);
    } else {
      wire.varint(known);
    }
    lastType = codec;
    lastTypeNumber = known;
  }

  /** Writes which class is meant, for class objects and array types. */
  void className(Class<?> type) {
    if (type.isHidden()) {
      throw refusal(type, "it is a hidden class", "send a named class");
    }
    string(type.getName());
  }

  /** The failure that {@code value}, here, can't be sent. */
  SerializationException refusal(Class<?> type, String reason, String remedy) {
    return CodecFailures.refused(path.toString(), type, reason, remedy);
  }
}
