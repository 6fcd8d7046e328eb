package io.mobula.worker.serialization;

import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/** Externalizable classes: their own methods write and read them. */
final class ExternalCodec extends TypeCodec.Described {
  private static final MethodHandle WRITE;
  private static final MethodHandle READ;

  static {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      WRITE =
          lookup
              .findVirtual(
                  Externalizable.class,
                  "writeExternal",
                  MethodType.methodType(void.class, ObjectOutput.class))
              .asType(MethodType.methodType(void.class, Object.class, ObjectOutputStream.class));
      READ =
          lookup
              .findVirtual(
                  Externalizable.class,
                  "readExternal",
                  MethodType.methodType(void.class, ObjectInput.class))
              .asType(MethodType.methodType(void.class, Object.class, ObjectInputStream.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Constructor<?> constructor;
  private final @Nullable MethodHandle readResolve;

  ExternalCodec(Class<?> type) throws RefusedException {
    super(Tracking.ALLOCATED, TypeDescriptor.of(TypeDescriptor.EXTERNAL, type, new byte[0]));
    Constructor<?> found = SerialHooks.externalizableConstructor(type);
    if (found == null) {
      throw new RefusedException(
          "it is Externalizable without a public constructor that takes no argument",
          "add that constructor");
    }
    this.constructor = found;
    this.readResolve = SerialHooks.readResolve(type);
  }

  @Override
  void writeBody(GraphEncoder out, Object value) throws Throwable {
    int mark = out.wire.openSection();
    long start = out.wire.wirePosition();
    out.hooks().run(null, value, WRITE);
    out.wire.closeSection(mark, start);
    out.wire.varint(out.handleCount());
  }

  @Override
  Object readBody(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Object value = constructor.newInstance();
    in.setHandle(handle, value);
    long end = in.wire.sectionSize();
    end += in.wire.wirePosition();
    in.hooks().run(null, value, READ, end);
    in.wire.seek(end);
    in.skipHandles(in.wire.varint());
    if (readResolve != null) {
      value = in.resolved((@Nullable Object) readResolve.invokeExact(value));
      in.setHandle(handle, value);
    }
    return value;
  }
}
