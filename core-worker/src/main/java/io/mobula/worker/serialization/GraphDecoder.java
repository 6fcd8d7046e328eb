package io.mobula.worker.serialization;

import io.mobula.api.MobulaException;
import io.mobula.worker.failure.ThrowableText;
import java.io.IOException;
import java.io.ObjectInputValidation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object graph at a time.
 *
 * <p>Owner: the thread that took it from the {@link ContextPool}. Reused; {@link #release} forgets
 * all that was the user's.
 */
final class GraphDecoder {
  private static final int RETAINED_HANDLES_MAX = 1 << 14;

  final WireReader wire = new WireReader();
  private final TypeResolver types;
  private @Nullable HookInput hooks;
  private @Nullable Object[] handles = new Object[64];
  private int handleCount;
  private TypeCodec.@Nullable Described[] known = new TypeCodec.Described[16];
  private int typeCount;
  private int depth;
  private List<Validation> validations = List.of();
  private @Nullable ReferenceSource references;

  private record Validation(ObjectInputValidation check, int priority) {}

  GraphDecoder(TypeResolver types) {
    this.types = types;
  }

  /** Made when first needed: many streams need none, and the JDK's part of it starts slowly. */
  HookInput hooks() {
    HookInput made = hooks;
    if (made == null) {
      try {
        made = new HookInput(this);
      } catch (IOException e) {
        throw new IllegalStateException("cannot make a stream without a file", e);
      }
      hooks = made;
    }
    return made;
  }

  TypeResolver types() {
    return types;
  }

  ReferenceSource references() {
    ReferenceSource source = references;
    if (source == null) {
      throw new IllegalStateException("decoder is not in use");
    }
    return source;
  }

  /** Reads the graph that {@link #wire} is open on. */
  @Nullable Object decode(ReferenceSource source) {
    references = source;
    try {
      int version = wire.u8();
      if (version != Tag.VERSION) {
        throw new CorruptStreamException("version=" + version + ", expected=" + Tag.VERSION);
      }
      Object root = value();
      if (wire.remaining() != 0) {
        throw new CorruptStreamException("bytes after the value: count=" + wire.remaining());
      }
      if (!validations.isEmpty()) {
        validations.sort((a, b) -> Integer.compare(b.priority, a.priority));
      }
      for (Validation validation : validations) {
        validation.check.validateObject();
      }
      return root;
    } catch (MobulaException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw CodecFailures.unreadable("nested too deeply for this thread's stack", null);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (CorruptStreamException e) {
      throw CodecFailures.unreadable("the bytes are not an encoded value: " + e.getMessage(), e);
    } catch (Throwable e) {
      throw CodecFailures.unreadable("reading failed: " + ThrowableText.of(e), e);
    }
  }

  /** Makes the decoder ready for its next use, after success or failure. */
  void release() {
    references = null;
    if (handles.length > RETAINED_HANDLES_MAX) {
      handles = new Object[64];
    } else {
      Arrays.fill(handles, 0, handleCount, null);
    }
    Arrays.fill(known, 0, typeCount, null);
    handleCount = 0;
    typeCount = 0;
    depth = 0;
    validations = List.of();
    wire.close();
    if (hooks != null) {
      hooks.clear();
    }
  }

  /** Reads any value. */
  @Nullable Object value() throws Throwable {
    int tag = wire.u8();
    return switch (tag) {
      case Tag.NULL -> null;
      case Tag.BACK -> handle(wire.varint());
      case Tag.STRING_LATIN1, Tag.STRING_UTF16 -> string(tag, true);
      case Tag.INT -> wire.signedVarint();
      case Tag.LONG -> wire.signedVarlong();
      case Tag.DOUBLE -> Double.longBitsToDouble(wire.i64());
      case Tag.TRUE -> true;
      case Tag.FALSE -> false;
      default -> nested(tag);
    };
  }

  private Object nested(int tag) throws Throwable {
    if (++depth > DeepStack.DEPTH_MAX + 2) {
      throw new CorruptStreamException("nested deeper than " + DeepStack.DEPTH_MAX);
    }
    Object value = depth == DeepStack.SWITCH_DEPTH ? DeepStack.run(() -> body(tag)) : body(tag);
    depth--;
    return value;
  }

  private Object body(int tag) throws Throwable {
    return tag == Tag.OBJECT ? type().readBody(this) : Builtins.read(tag, this);
  }

  /** Reads a value that may not be null. */
  Object present() throws Throwable {
    Object value = value();
    if (value == null) {
      throw new CorruptStreamException("null where a value must be");
    }
    return value;
  }

  /** Reads a string outside the handles, as writeUTF wrote it. */
  String string() throws CorruptStreamException {
    return string(wire.u8(), false);
  }

  private String string(int tag, boolean isTracked) throws CorruptStreamException {
    String value =
        switch (tag) {
          case Tag.STRING_LATIN1 -> wire.latin1();
          case Tag.STRING_UTF16 -> wire.utf16();
          default -> throw new CorruptStreamException("tag=" + tag + ", expected a string");
        };
    if (isTracked) {
      setHandle(takeHandle(), value);
    }
    return value;
  }

  /** Reads a class that {@link GraphEncoder#className} wrote. */
  Class<?> className() throws Throwable {
    if (value() instanceof String name) {
      return types.load(name);
    }
    throw new CorruptStreamException("a class without a name");
  }

  /** Takes the next handle for a value that does not exist yet. */
  int takeHandle() {
    if (handleCount == handles.length) {
      handles = Arrays.copyOf(handles, 2 * handleCount);
    }
    return handleCount++;
  }

  /** Takes the next handle for a value that exists. */
  <T> T track(T value) {
    setHandle(takeHandle(), value);
    return value;
  }

  void setHandle(int handle, Object value) {
    handles[handle] = value;
  }

  /** Checks what readResolve gave. */
  Object resolved(@Nullable Object value) throws CorruptStreamException {
    if (value == null) {
      throw new CorruptStreamException("readResolve gave null");
    }
    return value;
  }

  /** Passes handles whose values a hook chose not to read. */
  void skipHandles(int count) throws CorruptStreamException {
    if (count < handleCount || count - handleCount > wire.wirePosition()) {
      throw new CorruptStreamException("handles=" + count + ", expected=" + handleCount);
    }
    while (handleCount < count) {
      takeHandle();
    }
  }

  private Object handle(int handle) throws CorruptStreamException {
    Object value = handle < 0 || handle >= handleCount ? null : handles[handle];
    if (value == null) {
      throw new CorruptStreamException("no value has handle=" + handle);
    }
    return value;
  }

  private TypeCodec.Described type() throws CorruptStreamException {
    int number = wire.varint();
    if (number != 0) {
      TypeCodec.Described codec = number < 0 || number > typeCount ? null : known[number - 1];
      if (codec == null) {
        throw new CorruptStreamException("no type has number=" + number);
      }
      return codec;
    }
    TypeCodec.Described codec = types.next(wire);
    if (typeCount == known.length) {
      known = Arrays.copyOf(known, 2 * typeCount);
    }
    known[typeCount++] = codec;
    return codec;
  }

  void validateAtEnd(ObjectInputValidation check, int priority) {
    if (validations.isEmpty()) {
      validations = new ArrayList<>();
    }
    validations.add(new Validation(check, priority));
  }
}
