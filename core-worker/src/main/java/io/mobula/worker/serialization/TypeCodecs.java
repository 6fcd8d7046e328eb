package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;
import static io.mobula.worker.serialization.TypeCodec.Tracking.REBUILT;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import java.io.Externalizable;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the codec of a class, once, by what the class is alone: both sides choose the same.
 *
 * <p>Thread-safe: {@link ClassValue} computes and keeps the codec with its class, so that neither
 * keeps the other's loader alive.
 */
final class TypeCodecs {
  private static final ClassValue<TypeCodec> CODECS =
      new ClassValue<>() {
        @Override
        protected TypeCodec computeValue(Class<?> type) {
          return choose(type);
        }
      };

  private TypeCodecs() {}

  /** How to write instances of exactly this class. */
  static TypeCodec of(Class<?> type) {
    return CODECS.get(type);
  }

  /** How to read instances of exactly this class, which a stream describes. */
  static @Nullable TypeCodec described(Class<?> type) {
    TypeCodec codec = of(type);
    return codec instanceof ReplacedCodec replaced ? replaced.inner() : codec;
  }

  private static TypeCodec choose(Class<?> type) {
    TypeCodec builtin = Builtins.codec(type);
    if (builtin != null) {
      return builtin;
    }
    if (ObjectRef.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.OBJECT_REF, REBUILT);
    }
    if (ActorHandle.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.ACTOR_HANDLE, REBUILT);
    }
    if (type.isArray()) {
      return new ArrayCodec(type);
    }
    if (Enum.class.isAssignableFrom(type) && type != Enum.class) {
      Class<?> declaring = type.isEnum() ? type : type.getSuperclass();
      return type == declaring ? new EnumCodec(type) : of(declaring);
    }
    MethodHandle writeReplace = SerialHooks.writeReplace(type);
    return writeReplace == null ? plain(type) : new ReplacedCodec(type, writeReplace);
  }

  /** The codec of a class whose instances are not replaced by others. */
  static TypeCodec plain(Class<?> type) {
    TypeCodec byInterface = byInterface(type);
    if (byInterface != null) {
      return byInterface;
    }
    try {
      if (type.isRecord()) {
        return new RecordCodec(type);
      }
      Refusals.check(type);
      if (Proxy.isProxyClass(type)) {
        return LayeredCodec.ofProxy(type);
      }
      if (Externalizable.class.isAssignableFrom(type)) {
        return new ExternalCodec(type);
      }
      return LayeredCodec.of(type);
    } catch (RefusedException e) {
      return new RefusedCodec(type, e.getMessage(), e.remedy());
    }
  }

  /** Types of the JDK whose implementations are private, or views of others. */
  private static @Nullable TypeCodec byInterface(Class<?> type) {
    if (Serializable.class.isAssignableFrom(type) || !Platform.isPlatformClass(type)) {
      return null;
    }
    if (ByteBuffer.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.BYTE_BUFFER, ALLOCATED);
    }
    if (MemorySegment.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.MEMORY_SEGMENT, ALLOCATED);
    }
    if (Path.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.PATH, REBUILT);
    }
    if (Charset.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.CHARSET, REBUILT);
    }
    boolean isView = !java.lang.reflect.Modifier.isPublic(type.getModifiers());
    if (isView && Map.Entry.class.isAssignableFrom(type)) {
      return new TypeCodec.Tagged(Tag.SIMPLE_ENTRY, REBUILT);
    }
    if (isView && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type))) {
      return ViewCodecs.of(type);
    }
    return null;
  }
}
