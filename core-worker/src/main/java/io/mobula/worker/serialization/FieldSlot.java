package io.mobula.worker.serialization;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * One serialized field of one class: its name, its type, and handles to it where it is accessible.
 *
 * @param name the field's name
 * @param type its declared type
 * @param code the type as in a class file: one of {@code ZBCSIJFD}, or {@code L} for any reference
 * @param getter (Object)type with references as Object; null if only hooks reach the field
 * @param setter (Object, type)void; null likewise, and for components of records
 */
record FieldSlot(
    String name,
    Class<?> type,
    char code,
    @Nullable MethodHandle getter,
    @Nullable MethodHandle setter)
    implements Comparable<FieldSlot> {
  /** Primitives before references, then by name: the order on the wire. */
  @Override
  public int compareTo(FieldSlot other) {
    boolean isReference = code == 'L';
    return isReference == (other.code == 'L')
        ? name.compareTo(other.name)
        : Boolean.compare(isReference, !isReference);
  }

  /** A slot that is reached through the hooks of the JDK alone. */
  static FieldSlot hooked(String name, Class<?> type) {
    return new FieldSlot(name, type, codeOf(type), null, null);
  }

  /** A slot with direct access, or null if the field's module keeps it closed. */
  static @Nullable FieldSlot direct(Field field, boolean isWritable) {
    if (!field.trySetAccessible()) {
      return null;
    }
    Class<?> type = field.getType();
    Class<?> erased = type.isPrimitive() ? type : Object.class;
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle getter =
          lookup.unreflectGetter(field).asType(MethodType.methodType(erased, Object.class));
      MethodHandle setter =
          isWritable
              ? lookup
                  .unreflectSetter(field)
                  .asType(MethodType.methodType(void.class, Object.class, erased))
              : null;
      return new FieldSlot(field.getName(), type, codeOf(type), getter, setter);
    } catch (IllegalAccessException e) {
      return null;
    }
  }

  static char codeOf(Class<?> type) {
    return type.isPrimitive() ? type.descriptorString().charAt(0) : 'L';
  }

  void write(GraphEncoder out, Object owner) throws Throwable {
    MethodHandle get = getter;
    if (get == null) {
      throw new IllegalStateException("field without access: " + name);
    }
    switch (code) {
      case 'L' -> out.child(name, (Object) get.invokeExact(owner));
      case 'I' -> out.wire.signedVarint((int) get.invokeExact(owner));
      case 'J' -> out.wire.signedVarlong((long) get.invokeExact(owner));
      case 'D' -> out.wire.i64(Double.doubleToRawLongBits((double) get.invokeExact(owner)));
      case 'F' -> out.wire.i32(Float.floatToRawIntBits((float) get.invokeExact(owner)));
      case 'Z' -> out.wire.u8((boolean) get.invokeExact(owner) ? 1 : 0);
      case 'B' -> out.wire.u8((byte) get.invokeExact(owner));
      case 'S' -> out.wire.i16((short) get.invokeExact(owner));
      case 'C' -> out.wire.i16((char) get.invokeExact(owner));
      default -> throw new IllegalStateException("field type " + code);
    }
  }

  void read(GraphDecoder in, Object owner) throws Throwable {
    MethodHandle set = setter;
    if (set == null) {
      throw new IllegalStateException("field without access: " + name);
    }
    switch (code) {
      case 'L' -> set.invokeExact(owner, in.value());
      case 'I' -> set.invokeExact(owner, in.wire.signedVarint());
      case 'J' -> set.invokeExact(owner, in.wire.signedVarlong());
      case 'D' -> set.invokeExact(owner, Double.longBitsToDouble(in.wire.i64()));
      case 'F' -> set.invokeExact(owner, Float.intBitsToFloat(in.wire.i32()));
      case 'Z' -> set.invokeExact(owner, in.wire.u8() != 0);
      case 'B' -> set.invokeExact(owner, (byte) in.wire.u8());
      case 'S' -> set.invokeExact(owner, in.wire.i16());
      case 'C' -> set.invokeExact(owner, (char) in.wire.i16());
      default -> throw new IllegalStateException("field type " + code);
    }
  }

  /** Writes a value of this slot that is at hand, boxed; not for references. */
  void writeBoxed(GraphEncoder out, @Nullable Object value) {
    Object boxed = java.util.Objects.requireNonNull(value, name);
    switch (code) {
      case 'I' -> out.wire.signedVarint((int) boxed);
      case 'J' -> out.wire.signedVarlong((long) boxed);
      case 'D' -> out.wire.i64(Double.doubleToRawLongBits((double) boxed));
      case 'F' -> out.wire.i32(Float.floatToRawIntBits((float) boxed));
      case 'Z' -> out.wire.u8((boolean) boxed ? 1 : 0);
      case 'B' -> out.wire.u8((byte) boxed);
      case 'S' -> out.wire.i16((short) boxed);
      case 'C' -> out.wire.i16((char) boxed);
      default -> throw new IllegalStateException("field type " + code);
    }
  }

  /** Reads a value of this slot, boxed. */
  @Nullable Object readBoxed(GraphDecoder in) throws Throwable {
    return switch (code) {
      case 'L' -> in.value();
      case 'I' -> in.wire.signedVarint();
      case 'J' -> in.wire.signedVarlong();
      case 'D' -> Double.longBitsToDouble(in.wire.i64());
      case 'F' -> Float.intBitsToFloat(in.wire.i32());
      case 'Z' -> in.wire.u8() != 0;
      case 'B' -> (byte) in.wire.u8();
      case 'S' -> in.wire.i16();
      case 'C' -> (char) in.wire.i16();
      default -> throw new IllegalStateException("field type " + code);
    };
  }

  /** What a boxed slot holds before anything was put. */
  @Nullable Object zero() {
    return switch (code) {
      case 'L' -> null;
      case 'I' -> 0;
      case 'J' -> 0L;
      case 'D' -> 0.0;
      case 'F' -> 0.0f;
      case 'Z' -> false;
      case 'B' -> (byte) 0;
      case 'S' -> (short) 0;
      default -> '\0';
    };
  }
}
