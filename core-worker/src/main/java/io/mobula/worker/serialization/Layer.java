package io.mobula.worker.serialization;

import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one class of an inheritance chain contributes to its instances: its fields, or what its own
 * {@code writeObject} and {@code readObject} do.
 *
 * <p>Immutable. Fields are read and set directly where the class is open to us (user code on the
 * class path), else through the JDK's serialization door. The bytes are the same either way.
 */
final class Layer {
  private final Class<?> type;
  private final FieldSlot[] slots;
  private final Map<String, Integer> slotIndexes = new LinkedHashMap<>();
  private final boolean isDirect;
  private final @Nullable MethodHandle writeHook;
  private final @Nullable MethodHandle readHook;
  private final @Nullable MethodHandle defaultWrite;
  private final @Nullable MethodHandle defaultRead;

  private Layer(Class<?> type, FieldSlot[] slots, boolean isDirect) {
    this.type = type;
    this.slots = slots;
    this.isDirect = isDirect;
    this.writeHook = SerialHooks.writeObject(type);
    this.readHook = SerialHooks.readObject(type);
    this.defaultWrite = isDirect ? null : SerialHooks.defaultWrite(type);
    this.defaultRead = isDirect ? null : SerialHooks.defaultRead(type);
    for (int i = 0; i < slots.length; i++) {
      slotIndexes.put(slots[i].name(), i);
    }
  }

  /** The layer of a class, or null if its fields can't be reached in any supported way. */
  static @Nullable Layer of(Class<?> type) {
    boolean isSerializable = Serializable.class.isAssignableFrom(type);
    if (!Platform.isPlatformClass(type) && !(isSerializable && declaresItsFields(type))) {
      FieldSlot[] direct = directSlots(type);
      if (direct != null) {
        return new Layer(type, direct, true);
      }
    }
    return isSerializable ? new Layer(type, hookedSlots(type), false) : null;
  }

  private static boolean declaresItsFields(Class<?> type) {
    try {
      int modifiers = type.getDeclaredField("serialPersistentFields").getModifiers();
      return Modifier.isStatic(modifiers) && Modifier.isPrivate(modifiers);
    } catch (NoSuchFieldException e) {
      return false;
    }
  }

  private static FieldSlot @Nullable [] directSlots(Class<?> type) {
    List<FieldSlot> slots = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
        FieldSlot slot = FieldSlot.direct(field, true);
        if (slot == null) {
          return null;
        }
        slots.add(slot);
      }
    }
    return inWireOrder(slots);
  }

  private static FieldSlot[] hookedSlots(Class<?> type) {
    List<FieldSlot> slots = new ArrayList<>();
    for (ObjectStreamField field : ObjectStreamClass.lookupAny(type).getFields()) {
      slots.add(FieldSlot.hooked(field.getName(), field.getType()));
    }
    return inWireOrder(slots);
  }

  private static FieldSlot[] inWireOrder(List<FieldSlot> slots) {
    slots.sort(null);
    return slots.toArray(new FieldSlot[0]);
  }

  Class<?> type() {
    return type;
  }

  FieldSlot[] slots() {
    return slots;
  }

  boolean isHooked() {
    return writeHook != null || readHook != null;
  }

  boolean isEmpty() {
    return slots.length == 0 && !isHooked();
  }

  /** How error messages name a field: collections of the JDK hide what they are made of. */
  Object label(FieldSlot slot, @Nullable Object value) {
    boolean isInside =
        !isDirect
            && type != SerializedLambda.class
            && (value instanceof Collection || value instanceof Map || value instanceof Object[]);
    return isInside ? GraphPath.HIDDEN : slot.name();
  }

  int slotIndex(@Nullable String name) {
    Integer index = slotIndexes.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no such field: name=" + name + ", class=" + type);
    }
    return index;
  }

  void write(GraphEncoder out, Object owner) throws Throwable {
    if (!isHooked()) {
      writeFields(out, owner);
      return;
    }
    int mark = out.wire.openSection();
    long start = out.wire.wirePosition();
    if (writeHook == null) {
      writeFields(out, owner);
    } else {
      out.hooks().run(this, owner, writeHook);
    }
    out.wire.closeSection(mark, start);
    out.wire.varint(out.handleCount());
  }

  /** The default form of the fields, as {@code defaultWriteObject} writes it. */
  void writeFields(GraphEncoder out, Object owner) throws Throwable {
    if (isDirect) {
      for (FieldSlot slot : slots) {
        slot.write(out, owner);
      }
    } else if (defaultWrite != null) {
      out.hooks().run(this, owner, defaultWrite);
    } else {
      throw new java.io.InvalidClassException(
          type.getName(), "its serialPersistentFields are not all fields of it");
    }
  }

  void read(GraphDecoder in, Object owner) throws Throwable {
    if (!isHooked()) {
      readFields(in, owner);
      return;
    }
    long end = in.wire.sectionSize();
    end += in.wire.wirePosition();
    if (readHook == null) {
      readFields(in, owner);
    } else {
      in.hooks().run(this, owner, readHook, end);
    }
    in.wire.seek(end);
    in.skipHandles(in.wire.varint());
  }

  /** Sets the fields from their default form, as {@code defaultReadObject} does. */
  void readFields(GraphDecoder in, Object owner) throws Throwable {
    if (isDirect) {
      for (FieldSlot slot : slots) {
        slot.read(in, owner);
      }
    } else if (defaultRead != null) {
      in.hooks().run(this, owner, defaultRead, HookInput.UNLIMITED);
    } else {
      // It declares fields that it does not have: for older readers alone.
      for (FieldSlot slot : slots) {
        slot.readBoxed(in);
      }
    }
  }
}
