package io.mobula.worker.serialization;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All codecs with a tag of their own: by class for writing, by tag for reading. Immutable. */
final class Builtins {
  private static final Map<Class<?>, TypeCodec> BY_CLASS = new HashMap<>();
  private static final @Nullable Reader[] BY_TAG = new Reader[128];

  /** Reads the body of one tag; takes handles as the writing codec's tracking says. */
  interface Reader {
    Object read(GraphDecoder in) throws Throwable;
  }

  /** Writes tag and body of a value of a known class. */
  interface Writer<T> {
    void write(GraphEncoder out, T value) throws Throwable;
  }

  static {
    register(BY_CLASS::put, (tag, reader) -> BY_TAG[tag] = reader);
  }

  private Builtins() {}

  private static void register(Classes classes, Tags tags) {
    ScalarCodecs.register(classes, tags);
    PrimitiveArrayCodecs.register(classes, tags);
    CollectionCodecs.register(classes, tags);
    ViewCodecs.register(tags);
    TimeCodecs.register(classes, tags);
    OtherCodecs.register(classes, tags);
    tags.put(Tag.OBJECT_REF, in -> ReferenceCodecs.read(Tag.OBJECT_REF, in));
    tags.put(Tag.ACTOR_HANDLE, in -> ReferenceCodecs.read(Tag.ACTOR_HANDLE, in));
  }

  /** Where codecs name the class that they write. */
  interface Classes {
    void put(Class<?> type, TypeCodec codec);
  }

  /** Where codecs name the tag that they read. */
  interface Tags {
    void put(int tag, Reader reader);
  }

  static @Nullable TypeCodec codec(Class<?> type) {
    return BY_CLASS.get(type);
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    Reader reader = tag < BY_TAG.length ? BY_TAG[tag] : null;
    if (reader == null) {
      throw new CorruptStreamException("tag=" + tag);
    }
    return reader.read(in);
  }

  /** A codec that writes by a function. */
  static <T> TypeCodec codec(TypeCodec.Tracking tracking, Writer<T> writer) {
    return new TypeCodec.Tagged(tracking) {
      @Override
      @SuppressWarnings("unchecked") // Registered for T alone.
      void write(GraphEncoder out, Object value) throws Throwable {
        writer.write(out, (T) value);
      }
    };
  }
}
