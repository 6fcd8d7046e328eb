package io.mobula.worker.serialization;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Records: their components, and back through their canonical constructor. */
final class RecordCodec extends TypeCodec.Described {
  private final FieldSlot[] slots;
  private final MethodHandle constructor;
  private final @Nullable MethodHandle readResolve;

  RecordCodec(Class<?> type) throws RefusedException {
    this(type, slots(type));
  }

  private RecordCodec(Class<?> type, FieldSlot[] slots) throws RefusedException {
    super(
        Tracking.REBUILT,
        TypeDescriptor.of(
            TypeDescriptor.RECORD, type, new TypeDescriptor.Shape().add(slots).toBytes()));
    this.slots = slots;
    this.constructor = constructor(type);
    this.readResolve = SerialHooks.readResolve(type);
  }

  private static FieldSlot[] slots(Class<?> type) throws RefusedException {
    RecordComponent[] components = type.getRecordComponents();
    FieldSlot[] slots = new FieldSlot[components.length];
    for (int i = 0; i < components.length; i++) {
      FieldSlot slot = null;
      try {
        slot = FieldSlot.direct(type.getDeclaredField(components[i].getName()), false);
      } catch (NoSuchFieldException e) {
        throw new IllegalStateException("record without its field: " + components[i], e);
      }
      if (slot == null) {
        throw closed(type);
      }
      slots[i] = slot;
    }
    return slots;
  }

  private static MethodHandle constructor(Class<?> type) throws RefusedException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      if (!canonical.trySetAccessible()) {
        throw closed(type);
      }
      return MethodHandles.lookup()
          .unreflectConstructor(canonical)
          .asFixedArity()
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw closed(type);
    }
  }

  private static RefusedException closed(Class<?> type) {
    return new RefusedException(
        "its module " + type.getModule().getName() + " does not open it",
        "declare it in user code, or add: opens " + type.getPackageName());
  }

  @Override
  void writeBody(GraphEncoder out, Object value) throws Throwable {
    for (FieldSlot slot : slots) {
      slot.write(out, value);
    }
  }

  @Override
  Object readBody(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    @Nullable Object[] values = new Object[slots.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = slots[i].readBoxed(in);
    }
    Object value = (Object) constructor.invokeExact(values);
    if (readResolve != null) {
      value = in.resolved((@Nullable Object) readResolve.invokeExact(value));
    }
    in.setHandle(handle, value);
    return value;
  }
}
