package io.mobula.worker.serialization;

import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OptionalDataException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's door for serialization libraries: {@code sun.reflect.ReflectionFactory}.
 *
 * <p>It is exported by {@code jdk.unsupported} for this purpose, needs no flag and prints no
 * warning. It gives the serialization methods of {@code Serializable} classes, the JDK's own
 * included, and makes instances without running the class's constructor. It is bound by name
 * because javac warns, unsuppressably, about a mention of it in source.
 *
 * <p>Stateless and thread-safe.
 */
final class SerialHooks {
  private static final MethodType FIND_HANDLE =
      MethodType.methodType(MethodHandle.class, Class.class);
  private static final MethodType WRITE =
      MethodType.methodType(void.class, Object.class, ObjectOutputStream.class);
  private static final MethodType READ =
      MethodType.methodType(void.class, Object.class, ObjectInputStream.class);
  private static final MethodType REPLACE = MethodType.methodType(Object.class, Object.class);

  private static final Object FACTORY;
  private static final MethodHandle WRITE_OBJECT;
  private static final MethodHandle READ_OBJECT;
  private static final MethodHandle DEFAULT_WRITE;
  private static final MethodHandle DEFAULT_READ;
  private static final MethodHandle WRITE_REPLACE;
  private static final MethodHandle READ_RESOLVE;
  private static final MethodHandle NEW_INSTANCE_OF;
  private static final MethodHandle NEW_EXTERNALIZABLE;
  private static final MethodHandle OPTIONAL_DATA;

  static {
    try {
      Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      FACTORY =
          lookup
              .findStatic(factory, "getReflectionFactory", MethodType.methodType(factory))
              .asType(MethodType.methodType(Object.class))
              .invokeExact();
      WRITE_OBJECT = bind(lookup, factory, "writeObjectForSerialization", FIND_HANDLE);
      READ_OBJECT = bind(lookup, factory, "readObjectForSerialization", FIND_HANDLE);
      DEFAULT_WRITE = bind(lookup, factory, "defaultWriteObjectForSerialization", FIND_HANDLE);
      DEFAULT_READ = bind(lookup, factory, "defaultReadObjectForSerialization", FIND_HANDLE);
      WRITE_REPLACE = bind(lookup, factory, "writeReplaceForSerialization", FIND_HANDLE);
      READ_RESOLVE = bind(lookup, factory, "readResolveForSerialization", FIND_HANDLE);
      NEW_INSTANCE_OF =
          bind(
              lookup,
              factory,
              "newConstructorForSerialization",
              MethodType.methodType(Constructor.class, Class.class, Constructor.class));
      NEW_EXTERNALIZABLE =
          bind(
              lookup,
              factory,
              "newConstructorForExternalization",
              MethodType.methodType(Constructor.class, Class.class));
      OPTIONAL_DATA =
          bind(
              lookup,
              factory,
              "newOptionalDataExceptionForSerialization",
              MethodType.methodType(OptionalDataException.class, boolean.class));
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(
          new IllegalStateException(
              "cannot start the codec: module jdk.unsupported is missing from this Java runtime;"
                  + " add it with jlink --add-modules jdk.unsupported",
              e));
    }
  }

  private SerialHooks() {}

  private static MethodHandle bind(
      MethodHandles.Lookup lookup, Class<?> factory, String name, MethodType type)
      throws ReflectiveOperationException {
    return lookup.findVirtual(factory, name, type).bindTo(FACTORY);
  }

  /** The private {@code writeObject} that the class declares, as (Object, stream). */
  static @Nullable MethodHandle writeObject(Class<?> type) {
    return find(WRITE_OBJECT, type, WRITE);
  }

  /** The private {@code readObject} that the class declares, as (Object, stream). */
  static @Nullable MethodHandle readObject(Class<?> type) {
    return find(READ_OBJECT, type, READ);
  }

  /** Writes the class's own serializable fields through putFields and writeFields. */
  static @Nullable MethodHandle defaultWrite(Class<?> type) {
    return find(DEFAULT_WRITE, type, WRITE);
  }

  /** Sets the class's own serializable fields from readFields, final ones too. */
  static @Nullable MethodHandle defaultRead(Class<?> type) {
    return find(DEFAULT_READ, type, READ);
  }

  /** The {@code writeReplace} that applies to instances of exactly this class. */
  static @Nullable MethodHandle writeReplace(Class<?> type) {
    return find(WRITE_REPLACE, type, REPLACE);
  }

  /** The {@code readResolve} that applies to instances of exactly this class. */
  static @Nullable MethodHandle readResolve(Class<?> type) {
    return find(READ_RESOLVE, type, REPLACE);
  }

  /** Makes instances of {@code type} by running only a superclass's constructor. */
  static Constructor<?> constructor(Class<?> type, Constructor<?> ofSuperclass) {
    try {
      return (Constructor<?>) NEW_INSTANCE_OF.invokeExact((Class<?>) type, ofSuperclass);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The public no-argument constructor of an Externalizable class, or null. */
  static @Nullable Constructor<?> externalizableConstructor(Class<?> type) {
    try {
      return (@Nullable Constructor<?>) NEW_EXTERNALIZABLE.invokeExact((Class<?>) type);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The exception by which {@code readObject} methods notice that their data has ended. */
  static OptionalDataException endOfData() {
    try {
      return (OptionalDataException) OPTIONAL_DATA.invokeExact(true);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static @Nullable MethodHandle find(MethodHandle finder, Class<?> type, MethodType as) {
    try {
      MethodHandle found = (@Nullable MethodHandle) finder.invokeExact((Class<?>) type);
      return found == null ? null : found.asType(as);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("cannot reflect on a serializable class", e);
  }
}
