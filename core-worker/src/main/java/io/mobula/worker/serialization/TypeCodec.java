package io.mobula.worker.serialization;

/**
 * Writes the instances of one class, and for {@link Described} classes reads them back.
 *
 * <p>Immutable and shared by all threads. Built once a class by {@link TypeCodecs}.
 */
abstract sealed class TypeCodec {
  /** How identity is kept. */
  enum Tracking {
    /** Written anew each time: values without identity. */
    NONE,
    /** Takes a handle before its contents are read: may be part of a cycle. */
    ALLOCATED,
    /** Takes a handle, but exists only after its contents are read: can't be part of a cycle. */
    REBUILT
  }

  private final Tracking tracking;

  private TypeCodec(Tracking tracking) {
    this.tracking = tracking;
  }

  Tracking tracking() {
    return tracking;
  }

  /** Writes the tag and the body. The encoder has taken the handle already. */
  abstract void write(GraphEncoder out, Object value) throws Throwable;

  /** A codec with a tag of its own, for a class that both sides know; see {@link Builtins}. */
  static final class Tagged extends TypeCodec {
    private final int tag;

    Tagged(int tag, Tracking tracking) {
      super(tracking);
      this.tag = tag;
    }

    @Override
    void write(GraphEncoder out, Object value) throws Throwable {
      Builtins.write(tag, out, value);
    }
  }

  /** A codec that writes no tag itself: it refuses, or writes something else instead. */
  abstract static non-sealed class Indirect extends TypeCodec {
    Indirect() {
      super(Tracking.NONE);
    }
  }

  /** A codec whose class is described in the stream. */
  abstract static non-sealed class Described extends TypeCodec {
    private final byte[] descriptor;

    Described(Tracking tracking, TypeDescriptor descriptor) {
      super(tracking);
      this.descriptor = descriptor.toBytes();
    }

    /** The descriptor's bytes; not to be changed. Equal bytes mean an equal format. */
    byte[] descriptor() {
      return descriptor;
    }

    @Override
    void write(GraphEncoder out, Object value) throws Throwable {
      out.wire.u8(Tag.OBJECT);
      out.type(this);
      writeBody(out, value);
    }

    abstract void writeBody(GraphEncoder out, Object value) throws Throwable;

    /** Reads the body. Takes the handle itself, as its tracking says, before anything nested. */
    abstract Object readBody(GraphDecoder in) throws Throwable;
  }
}
